package org.kintell.backfill.testsupport;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.kintell.backfill.config.BackfillSettings;
import org.springframework.context.ApplicationContext;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.junit.jupiter.SpringExtension;
import org.springframework.util.FileSystemUtils;

/**
 * Empties the tables before each test. Repeats this if the application is reading them at that
 * moment. A claimed inbox file of the previous test is archived first, or removed: without its job
 * it would become a job of the next test.
 */
public final class EmptyTables implements BeforeEachCallback {

  /** In the order in which a chunk being loaded locks them, so that neither blocks the other. */
  private static final String JOBS = "backfill_chunks, backfill_jobs, kintell_sessions";

  private static final String ALL =
      JOBS
          + ", users, backfill_rejects, backfill_origins, backfill_dry_run_sessions,"
          + " backfill_dry_run_faults, staging_csv_table";

  @Override
  public void beforeEach(ExtensionContext test) throws IOException {
    ApplicationContext application = SpringExtension.getApplicationContext(test);
    Path claims = application.getBean(BackfillSettings.class).inboxDir().resolve(".claimed");
    try {
      await().pollDelay(Duration.ZERO).atMost(Duration.ofSeconds(5)).until(() -> hasNoFile(claims));
    } catch (ConditionTimeoutException e) {
      // The previous test left a claim that is never archived; later tests need not wait for it.
      FileSystemUtils.deleteRecursively(claims);
    }
    empty(application.getBean(JdbcClient.class), ALL);
  }

  /** Removes all jobs and sessions, but not the users. */
  public static void emptyJobs(JdbcClient jdbc) {
    empty(jdbc, JOBS);
  }

  private static void empty(JdbcClient jdbc, String tables) {
    await()
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(PessimisticLockingFailureException.class)
        .untilAsserted(() -> jdbc.sql("TRUNCATE " + tables + " CASCADE").update());
  }

  private static boolean hasNoFile(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return true;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.noneMatch(Files::isRegularFile);
    } catch (UncheckedIOException e) {
      return false; // A claim was being moved.
    }
  }
}
