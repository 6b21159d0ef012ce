package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.event.PublishedEvents;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.BlockedStatements;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.OtherNode;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Operators pause, resume and cancel jobs. */
@IntegrationTest
@Chunks(rows = 5)
class PauseAndCancelIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The document promises two seconds; the rest is for a busy machine. */
  private static final Duration SOON = Duration.ofSeconds(4);

  private static final byte[] ONE_ROW = GeneratedFile.of(1, 66).bytes();

  @Autowired BackfillClient client;
  @Autowired Database database;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
  }

  @Test
  void aRunningJobPausesAndGoesOnAsIfNothingHadHappened() throws Exception {
    PublishedEvents.purge(RealParts.natsUrl());
    GeneratedFile file = GeneratedFile.of(4000, 61);
    String job = running(file);

    Answer asked = client.ask(job, "pause");

    assertThat(asked.status()).as(asked.text()).isEqualTo(202);
    assertThat(asked.json().path("status").asText()).isEqualTo("running");
    assertThat(asked.json().path("requested").asText()).isEqualTo("pause");
    JsonNode paused = awaitStatus(job, "paused");
    assertThat(paused.has("requested")).isFalse();
    assertThat(paused.path("message").asText()).contains("resume");
    assertThat(paused.path("processedRows").asLong()).isBetween(1L, 3999L);
    long imported = sessions.ids().size();
    assertThat(paused.path("successfulRows").asLong()).isEqualTo(imported);
    await()
        .untilAsserted(
            () ->
                assertThat(
                        PublishedEvents.on(RealParts.natsUrl(), "kintell.backfill.paused").stream()
                            .map(event -> event.json().at("/data/jobId").asText()))
                    .containsExactly(job));
    assertThat(sessions.ids()).hasSize((int) imported);

    Answer again = client.ask(job, "pause");
    assertThat(again.status()).isEqualTo(200);
    assertThat(again.json().path("status").asText()).isEqualTo("paused");

    assertThat(client.resume(job).status()).isIn(200, 202);
    awaitStatus(job, "completed");
    assertThat(sessions.rowsById()).isEqualTo(file.sessions());
    assertThat(client.errors(job).text()).isEqualTo(file.errors());
  }

  @Test
  void aResumeTakesBackAPauseThatIsNotReached() {
    GeneratedFile file = GeneratedFile.of(3000, 62);
    String job = running(file);
    client.ask(job, "pause");

    client.resumeWithoutWaiting(job);

    awaitStatus(job, "completed");
    assertThat(sessions.rowsById()).isEqualTo(file.sessions());
  }

  @Test
  void aResumeThatComesAsThePauseIsReachedStartsTheJobAgain() throws Exception {
    String job = client.start("x.csv", ONE_ROW).jobId();
    OtherNode loading = new OtherNode(jdbc, 987654322);
    try (Connection other = database.connect();
        Statement runner = other.createStatement()) {
      jdbc.sql("UPDATE backfill_chunks SET loader = 987654322").update();
      jdbc.sql(
              """
              UPDATE backfill_jobs
                 SET status = 'running', owner = 987654322, queued_at = now(),
                     requested = 'pause', requested_at = now() + interval '1 hour'
              """)
          .update();
      other.setAutoCommit(false);
      runner.execute("UPDATE backfill_jobs SET status = 'paused', queued_at = NULL");
      var resumed = CompletableFuture.supplyAsync(() -> client.resume(job));
      await().until(() -> !BlockedStatements.in(jdbc, "SET requested = NULL").isEmpty());

      other.commit();
      loading.vanish();

      assertThat(resumed.join().json().path("status").asText()).isEqualTo("completed");
    }
  }

  @Test
  void aChunkThatTakesLongerThanTheRequestMayIsNotImported() throws Exception {
    String job = client.start("x.csv", ONE_ROW).jobId();
    try (Connection other = database.connect();
        Statement users = other.createStatement()) {
      other.setAutoCommit(false);
      users.execute("SELECT * FROM users FOR UPDATE");
      client.resumeWithoutWaiting(job);
      List<Integer> loaders =
          await().until(() -> BlockedStatements.in(jdbc, "FOR KEY SHARE"), held -> !held.isEmpty());

      client.ask(job, "cancel");
      awaitStatus(job, "cancelled");
      other.rollback();
      await().until(() -> isThrough(loaders.get(0)));
    }

    assertThat(sessions.ids()).isEmpty();
    assertThat(client.status(job).json().path("processedRows").asLong(-1)).isZero();
  }

  /** Whether it has ended the transaction in which it wrote. */
  private boolean isThrough(int pid) {
    return jdbc.sql("SELECT backend_xid IS NULL FROM pg_stat_activity WHERE pid = ?")
        .param(pid)
        .query(Boolean.class)
        .optional()
        .orElse(true);
  }

  @Test
  void aRunningJobIsCancelledForGoodAndKeepsWhatItImported() {
    GeneratedFile file = GeneratedFile.of(8000, 63);
    String job = running(file);

    Answer asked = client.ask(job, "cancel");

    assertThat(asked.status()).as(asked.text()).isEqualTo(202);
    assertThat(asked.json().path("requested").asText()).isEqualTo("cancel");
    assertProblem(client.ask(job, "pause"), 409, "wrong-state", "cancelled");
    JsonNode cancelled = awaitStatus(job, "cancelled");
    assertThat(cancelled.path("successfulRows").asLong()).isEqualTo(sessions.ids().size());
    assertThat(cancelled.path("message").asText()).contains("rollback");
    assertThat(client.ask(job, "cancel").status()).isEqualTo(200);
    assertProblem(client.resume(job), 409, "wrong-state", "cancelled", "as a new job");
    JsonNode verification = client.get("/import/backfill/" + job + "/verify").json();
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
  }

  @Test
  void whoeverWaitsForAJobHearsThatItWasPaused() {
    String job = client.start("x.csv", GeneratedFile.of(8000, 64).bytes()).jobId();
    var waiting = CompletableFuture.supplyAsync(() -> client.resume(job));
    awaitRows();

    client.ask(job, "pause");

    Answer answer = waiting.join();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("status").asText()).isEqualTo("paused");
  }

  @Test
  void aJobThatHasNotBegunPausesAtOnce() {
    String job = client.start("x.csv", ONE_ROW).jobId();

    Answer paused = client.ask(job, "pause");
    assertThat(paused.status()).isEqualTo(200);
    assertThat(paused.json().path("status").asText()).isEqualTo("paused");

    assertThat(client.resume(job).json().path("status").asText()).isEqualTo("completed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pending", "paused", "failed"})
  void aJobThatDoesNotRunIsCancelledAtOnce(String status) {
    String job = client.start("x.csv", ONE_ROW).jobId();
    jdbc.sql("UPDATE backfill_jobs SET status = ?").param(status).update();

    Answer cancelled = client.ask(job, "cancel");

    assertThat(cancelled.status()).isEqualTo(200);
    assertThat(cancelled.json().path("status").asText()).isEqualTo("cancelled");
    assertThat(sessions.ids()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pause", "cancel"})
  void aJobThatAnotherProcessRunsStopsSoonEvenIfThatOneIsStuck(String request) throws Exception {
    String job = client.start("x.csv", ONE_ROW).jobId();
    long other = 987_654_321L;
    OtherNode stuck = new OtherNode(jdbc, other);
    jdbc.sql("UPDATE backfill_chunks SET loader = ?").param(other).update();
    jdbc.sql("UPDATE backfill_jobs SET status = 'running', owner = ?, queued_at = now()")
        .param(other)
        .update();

    assertThat(client.ask(job, request).status()).isEqualTo(202);

    awaitStatus(job, request.equals("pause") ? "paused" : "cancelled");
    stuck.vanish();
  }

  @Test
  void aJobThatIsOverCannotBeStopped() {
    String job =
        client.importFile("x.csv", GeneratedFile.of(10, 65).bytes()).path("jobId").asText();
    assertProblem(client.ask(job, "pause"), 409, "wrong-state", "completed", "over");
    assertProblem(client.ask(job, "cancel"), 409, "wrong-state", "completed", "rollback");
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed'").update();
    assertProblem(client.ask(job, "pause"), 409, "wrong-state", "failed", "resume");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pause", "cancel"})
  void jobsThatDoNotExistAndOtherMethodsAreRefused(String request) {
    assertProblem(client.ask(UUID.randomUUID().toString(), request), 404, "unknown-job");
    assertProblem(client.ask("nonsense", request), 404, "unknown-job");
    assertThat(client.get("/import/backfill/" + UUID.randomUUID() + "/" + request).status())
        .isEqualTo(405);
  }

  /** A job of this file, some rows of which are loaded. */
  private String running(GeneratedFile file) {
    String job = client.start("x.csv", file.bytes()).jobId();
    client.resumeWithoutWaiting(job);
    awaitRows();
    return job;
  }

  private void awaitRows() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> sessions.ids().size() > 20);
  }

  private JsonNode awaitStatus(String job, String status) {
    await()
        .atMost(status.equals("completed") ? PATIENCE : SOON)
        .until(() -> client.status(job).json().path("status").asText().equals(status));
    return client.status(job).json();
  }
}
