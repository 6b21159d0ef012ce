package org.kintell.backfill.testsupport;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.junit.jupiter.SpringExtension;

/**
 * Empties the tables before each test. The application may be reading them at that moment: then it
 * tries again.
 */
public final class EmptyTables implements BeforeEachCallback {

  /** In the order in which a chunk being loaded locks them, so that neither blocks the other. */
  private static final String TABLES =
      "backfill_chunks, backfill_jobs, kintell_sessions, users, backfill_rejects, backfill_origins,"
          + " backfill_dry_run_sessions, backfill_dry_run_faults, staging_csv_table";

  @Override
  public void beforeEach(ExtensionContext test) {
    JdbcClient jdbc = SpringExtension.getApplicationContext(test).getBean(JdbcClient.class);
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptionsInstanceOf(PessimisticLockingFailureException.class)
        .untilAsserted(() -> jdbc.sql("TRUNCATE " + TABLES + " CASCADE").update());
  }
}
