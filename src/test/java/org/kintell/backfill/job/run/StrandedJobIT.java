package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A queued job runs, even if the process that queued it has lost it. */
@IntegrationTest
class StrandedJobIT {

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired Ownership ownership;
  @Autowired Database database;

  @Test
  void aJobOfThisProcessThatItDoesNotKnowIsRun() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String job = client.start("sessions.csv", SessionFiles.good(100)).jobId();
    jdbc.sql("UPDATE backfill_jobs SET status = 'running', owner = ?, queued_at = now()")
        .param(ownership.number())
        .update();

    await().until(() -> client.status(job).json().path("status").asText().equals("completed"));

    assertThat(sessions.ids()).hasSize(100);
  }

  /** Rows that do not fit the heap, for example, end each process that loads them. */
  @Test
  void aJobWithAChunkThatWasBegunFiveTimesAndNeverEndedIsFailedUntilItIsResumed() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String job = client.start("sessions.csv", SessionFiles.good(100)).jobId();
    jdbc.sql(
            """
            UPDATE backfill_chunks
               SET loader = 4711, claimed_at = now(), attempts = 5, tried_by = '{a/1,a/2,b/1,a/3,b/2}'
            """)
        .update();
    jdbc.sql("UPDATE backfill_jobs SET status = 'running', owner = 4711, queued_at = now()")
        .update();

    await().until(() -> client.status(job).json().path("status").asText().equals("failed"));
    assertThat(client.status(job).json().path("message").asText())
        .isEqualTo(
            "Chunk 0 (rows 1 to 100) was begun 5 times, and each time the process was lost"
                + " (a/1, a/2, b/1, a/3, b/2)."
                + " Where their logs end with OutOfMemoryError, give the service a larger heap (-Xmx)"
                + " or split its long rows, then call resume: the job continues where it stopped.");
    assertThat(sessions.ids()).isEmpty();

    assertThat(client.resume(job).json().path("status").asText()).isEqualTo("completed");
    assertThat(sessions.ids()).hasSize(100);
  }

  /** A resume at that moment would leave the chunk its attempts, and the job would fail again. */
  @Test
  void nobodySeesAJobThatFailedBeforeItsChunkIsGivenBack() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String job = client.start("sessions.csv", SessionFiles.good(100)).jobId();
    database.holdUpWhen("OLD.attempts = 6 AND OLD.loader IS NOT NULL AND NEW.loader IS NULL");
    try {
      jdbc.sql("UPDATE backfill_chunks SET attempts = 5, tried_by = '{a/1,a/2,b/1,a/3,b/2}'")
          .update();
      jdbc.sql("UPDATE backfill_jobs SET status = 'running', owner = ?, queued_at = now()")
          .param(ownership.number())
          .update();
      database.awaitHeldUp();

      assertThat(client.status(job).json().path("status").asText()).isEqualTo("running");
    } finally {
      database.letGo();
    }

    await().until(() -> client.status(job).json().path("status").asText().equals("failed"));
    assertThat(client.resume(job).json().path("status").asText()).isEqualTo("completed");
  }
}
