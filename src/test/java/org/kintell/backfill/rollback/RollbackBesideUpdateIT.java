package org.kintell.backfill.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BlockedStatements;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.SessionFiles;

/**
 * A rollback of sessions that another job is updating in an open transaction. There is no broker,
 * so that the retractions stay in the database.
 */
class RollbackBesideUpdateIT {

  private static final int ROWS = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void retractsAfterTheEventOfTheOtherJob() {
    try (Database database = RealParts.newDatabase();
        ServiceInThisJvm service =
            new ServiceInThisJvm(database, "--backfill.events.nats-url=nats://127.0.0.1:1")) {
      BackfillClient client = service.client();
      database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
      byte[] file = SessionFiles.good(ROWS);
      String job = client.importFile("sessions.csv", file).path("jobId").asText();
      byte[] better =
          new String(file, StandardCharsets.UTF_8)
              .replace(",4.5,", ",3.5,")
              .getBytes(StandardCharsets.UTF_8);
      database.holdUpWhen("NEW.state = 'loaded' AND NEW.updated > 0");
      String update =
          client.start("/import/backfill/start?autostart=true&onDuplicate=update", better, 202);
      database.awaitHeldUp();

      assertThat(client.ask(job, "rollback").status()).isEqualTo(202);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  !BlockedStatements.in(database.jdbc(), "DELETE FROM kintell_sessions").isEmpty());
      database.letGo();

      await().atMost(PATIENCE).until(() -> isIn(client, job, "rolled_back"));
      await().atMost(PATIENCE).until(() -> isIn(client, update, "completed"));
      JsonNode report = client.get("/import/backfill/" + job + "/rollback").json();
      assertThat(report.path("removed").asInt()).isEqualTo(ROWS);
      assertThat(report.path("retracted").asInt()).isEqualTo(ROWS);
      // The other job's events may be in flight, so they have time to arrive first.
      assertThat(
              database
                  .jdbc()
                  .sql(
                      "SELECT count(*) FROM backfill_retractions"
                          + " WHERE not_before > retracted_at + interval '10 seconds'")
                  .query(Integer.class)
                  .single())
          .isEqualTo(ROWS);
    }
  }

  private static boolean isIn(BackfillClient client, String job, String status) {
    return client.status(job).json().path("status").asText().equals(status);
  }
}
