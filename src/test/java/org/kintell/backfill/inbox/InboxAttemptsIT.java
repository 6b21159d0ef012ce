package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;

/**
 * A file that ends the process that reads it: the process is killed before the job exists. {@link
 * InboxOwnersIT} has the same without the processes.
 */
@Tag("faults")
class InboxAttemptsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The statements that a test holds up. */
  private static final String WAITING =
      " FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'";

  @Test
  void aFileThatEndsTheProcessThreeTimesIsPutAsideAndShutdownsDoNotCount() throws IOException {
    try (Database database = RealParts.newDatabase();
        ServiceProcess service = ServiceProcess.on(database).start()) {
      database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
      Path inbox = service.folder().resolve("inbox");

      database.holdUp("BEFORE INSERT ON backfill_jobs FOR EACH ROW");
      drop(inbox, "good.csv", "S-1");
      endWhileReading(database, service::kill);
      service.start();
      endWhileReading(database, service::stop);
      service.start();
      endWhileReading(database, service::kill);
      database.letGo();
      service.start();
      await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("done/good.csv")));

      database.holdUp("BEFORE INSERT ON backfill_jobs FOR EACH ROW");
      drop(inbox, "bad.csv", "S-2");
      for (int attempt = 1; attempt <= ReadingAttempts.MOST; attempt++) {
        endWhileReading(database, service::kill);
        service.launch();
      }
      service.awaitServing();
      await().atMost(PATIENCE).until(() -> Files.exists(inbox.resolve("failed/bad.csv")));
      database.letGo();

      assertThat(inbox.resolve("failed/bad.reason.txt"))
          .content()
          .contains("tried 3 times to read this file", "the process ended while reading it");
      assertThat(database.sessions().ids()).containsExactly("S-1");
      try (var claims = Files.walk(inbox.resolve(".claimed"))) {
        assertThat(claims.filter(Files::isRegularFile)).isEmpty();
      }
    }
  }

  /** PostgreSQL does not notice that the client of a waiting statement is gone. */
  private static void endWhileReading(Database database, Runnable end) {
    await().atMost(PATIENCE).until(() -> waiting(database) > 0);
    end.run();
    database.jdbc().sql("SELECT pg_terminate_backend(pid)" + WAITING).query(rows -> {});
    await().atMost(PATIENCE).until(() -> waiting(database) == 0);
  }

  private static long waiting(Database database) {
    return database.jdbc().sql("SELECT count(*)" + WAITING).query(Long.class).single();
  }

  private static void drop(Path inbox, String name, String id) throws IOException {
    String text = SessionFiles.HEADER + SessionFiles.row(id, "4");
    Files.write(inbox.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }
}
