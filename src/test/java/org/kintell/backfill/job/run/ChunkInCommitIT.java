package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BlockedStatements;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.OtherNode;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A job stops while the first of its two chunks is in its commit: the job's row counts the chunk.
 * Another process has the second one.
 */
@IntegrationTest
@Chunks(rows = 5)
class ChunkInCommitIT {

  private static final long NODE = 987654324;

  @Autowired BackfillClient client;
  @Autowired Database database;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired StopRequests stops;
  @Autowired JobRepository jobs;

  private OtherNode node;
  private String job;

  @BeforeEach
  void holdTheFirstChunkUpBeforeItsCommit() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    node = new OtherNode(jdbc, NODE);
    job = client.start("x.csv", SessionFiles.good(10)).jobId();
    jdbc.sql("UPDATE backfill_chunks SET loader = ? WHERE chunk_no = 1").param(NODE).update();
    database.holdUp(
        "AFTER UPDATE ON backfill_chunks FOR EACH ROW"
            + " WHEN (OLD.state = 'pending' AND NEW.state = 'loaded')");
    client.resumeWithoutWaiting(job);
    database.awaitHeldUp();
  }

  @AfterEach
  void endTheOtherProcess() {
    node.vanish();
  }

  @ParameterizedTest
  @CsvSource({"pause, paused", "cancel, cancelled"})
  void isCountedByAStop(String request, String status) {
    try {
      client.ask(job, request);
      jdbc.sql("UPDATE backfill_jobs SET requested_at = now() - interval '1 minute'").update();
      stops.reach(UUID.fromString(job));
    } finally {
      database.letGo();
    }

    assertStopped(status);
  }

  @Test
  void isCountedByAFailure() {
    CompletableFuture<Boolean> failed;
    try {
      failed =
          CompletableFuture.supplyAsync(() -> jobs.fail(UUID.fromString(job), "A chunk is bad."));
      await().until(() -> failed.isDone() || !BlockedStatements.in(jdbc, "FOR UPDATE").isEmpty());
    } finally {
      database.letGo();
    }

    assertThat(failed.join()).isTrue();
    assertStopped("failed");
  }

  private void assertStopped(String status) {
    await().until(() -> client.status(job).json().path("status").asText().equals(status));
    JsonNode stopped = client.status(job).json();
    assertThat(stopped.path("processedRows").asInt()).isEqualTo(5);
    assertThat(stopped.path("successfulRows").asInt()).isEqualTo(5);
    assertThat(sessions.ids()).hasSize(5);
    JsonNode verification = client.get("/import/backfill/" + job + "/verify").json();
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
  }
}
