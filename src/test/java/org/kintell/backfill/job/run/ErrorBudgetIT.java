package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.event.PublishedEvents;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.BlockedStatements;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A job of which too much is rejected pauses by itself, before it rejects everything. */
@IntegrationTest
@Chunks(rows = 5)
class ErrorBudgetIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Autowired BackfillClient client;
  @Autowired Database database;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired Ownership ownership;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void aJobWithTooManyErrorsPausesAndSaysWhyAndWhatToDo() throws Exception {
    PublishedEvents.purge(RealParts.natsUrl());
    byte[] file = SessionFiles.withBadRows(1000, row -> row % 2 == 0);

    JsonNode paused = importUntilItStops("maxErrors=20", file);

    assertThat(paused.path("status").asText()).isEqualTo("paused");
    assertThat(paused.has("requested")).isFalse();
    assertThat(paused.path("maxErrors").asLong()).isEqualTo(20);
    assertThat(paused.path("failedRows").asLong()).isBetween(21L, 26L);
    assertThat(paused.path("successfulRows").asLong()).isEqualTo(sessions.ids().size());
    String job = paused.path("jobId").asText();
    assertThat(paused.path("message").asText())
        .contains("rejected", "maxErrors=20", job + "/errors", "resume");
    await()
        .untilAsserted(
            () ->
                assertThat(PublishedEvents.on(RealParts.natsUrl(), "kintell.backfill.paused"))
                    .singleElement()
                    .satisfies(
                        event ->
                            assertThat(event.json().at("/data/message").asText())
                                .contains("maxErrors=20")));

    JsonNode end = client.resume(job).json();

    assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
    assertThat(end.path("failedRows").asLong()).isEqualTo(500);
    assertThat(end.has("maxErrors")).as("a budget that is spent").isFalse();
    assertThat(sessions.ids()).hasSize(500);
  }

  @Test
  void aRateCountsOnceThereAreAHundredRows() {
    JsonNode paused =
        importUntilItStops("maxErrorRate=0.5", SessionFiles.withBadRows(2000, row -> true));

    assertThat(paused.path("status").asText()).isEqualTo("paused");
    assertThat(paused.path("processedRows").asLong()).isBetween(100L, 105L);
    assertThat(paused.path("message").asText()).contains("maxErrorRate=0.5");
  }

  @Test
  void aBadStartOfAGoodFileIsNoReason() {
    JsonNode end =
        importUntilItStops("maxErrorRate=0.5", SessionFiles.withBadRows(400, row -> row <= 40));

    assertThat(end.path("status").asText()).isEqualTo("completed");
    assertThat(end.path("failedRows").asLong()).isEqualTo(40);
  }

  @ParameterizedTest
  @CsvSource({"maxErrors=2", "maxErrorRate=0.5", "maxErrors=0&maxErrorRate=1"})
  void aFileOfAFewRowsPausesBeforeItsEndIsDeclared(String budget) {
    JsonNode paused = importUntilItStops(budget, SessionFiles.withBadRows(4, row -> row > 1));

    assertThat(paused.path("status").asText()).isEqualTo("paused");
    assertThat(paused.path("failedRows").asLong()).isEqualTo(3);
    assertThat(paused.path("percentComplete").asDouble()).isLessThan(100);
    assertThat(client.resume(paused.path("jobId").asText()).json().path("status").asText())
        .isEqualTo("completed");
  }

  @ParameterizedTest
  @CsvSource({"maxErrors=3", "maxErrorRate=0.75", "maxErrors=3&maxErrorRate=1.0"})
  void aJobWithinItsBudgetIsCompleted(String budget) {
    JsonNode end = importUntilItStops(budget, SessionFiles.withBadRows(4, row -> row > 1));

    assertThat(end.path("status").asText()).isEqualTo("completed");
  }

  @Test
  void aResumeMayBringAnotherBudget() {
    byte[] file = SessionFiles.withBadRows(2000, row -> true);
    String job = importUntilItStops("maxErrors=10", file).path("jobId").asText();

    client.ask(job, "resume?maxErrors=500");

    JsonNode paused = stopped(job);
    assertThat(paused.path("status").asText()).isEqualTo("paused");
    assertThat(paused.path("failedRows").asLong()).isBetween(501L, 510L);
    assertThat(paused.path("maxErrors").asLong()).isEqualTo(500);
  }

  @Test
  void aProcessThatDiedBeforeItCouldPauseTheJobLeavesThatToTheNext() {
    byte[] file = SessionFiles.withBadRows(200, row -> true);
    String job = importUntilItStops("maxErrors=10", file).path("jobId").asText();
    long before = client.status(job).json().path("failedRows").asLong();
    jdbc.sql("UPDATE backfill_jobs SET budget_spent = false").update();

    client.resume(job);

    JsonNode paused = stopped(job);
    assertThat(paused.path("status").asText()).isEqualTo("paused");
    assertThat(paused.path("failedRows").asLong()).isEqualTo(before);
  }

  @Test
  void aBudgetCanBeAFormField() {
    String form =
        """
        --b\r
        Content-Disposition: form-data; name="maxErrors"\r
        \r
        7\r
        --b\r
        Content-Disposition: form-data; name="file"; filename="x.csv"\r
        \r
        %s\r
        --b--\r
        """
            .formatted(new String(SessionFiles.good(1), StandardCharsets.UTF_8));
    Answer start =
        client.send(
            client
                .request("/import/backfill/start")
                .header("Content-Type", "multipart/form-data; boundary=b")
                .POST(BodyPublishers.ofString(form)));

    assertThat(start.status()).as(start.text()).isEqualTo(201);
    assertThat(start.json().path("maxErrors").asInt()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource({
    "maxErrors=-1, maxErrors",
    "maxErrors=many, maxErrors",
    "maxErrors=1.5, maxErrors",
    "maxErrors=, maxErrors",
    "maxErrors=1&maxErrors=2, maxErrors",
    "maxErrorRate=50, maxErrorRate",
    "maxErrorRate=1.01, maxErrorRate",
    "maxErrorRate=-0.1, maxErrorRate",
    "maxErrorRate=NaN, maxErrorRate",
    "maxErrorRate=1e-3, maxErrorRate"
  })
  void aBudgetThatMakesNoSenseIsRefusedAndNothingComesOfIt(String budget, String named) {
    assertProblem(start(budget, SessionFiles.good(1)), 400, "invalid-parameter", named);
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single()).isZero();

    String job = start("maxErrors=0", SessionFiles.good(1)).jobId();
    assertProblem(client.ask(job, "resume?" + budget), 400, "invalid-parameter", named);
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("pending");
  }

  @Test
  void aJobThatRunsKeepsItsBudget() {
    String job = start("autostart=true", SessionFiles.good(1000)).jobId();
    assertProblem(client.ask(job, "resume?maxErrors=1"), 409, "wrong-state", "Pause");
    assertThat(stopped(job).path("status").asText()).isEqualTo("completed");
  }

  @Test
  void aResumeWithABudgetMayBeSentAgain() throws Exception {
    String job = start("maxErrors=7", SessionFiles.good(5)).jobId();
    try (Connection other = database.connect();
        Statement users = other.createStatement()) {
      other.setAutoCommit(false);
      users.execute("SELECT * FROM users FOR UPDATE");
      assertThat(resume(job, "maxErrors=5&maxErrorRate=0.5").status()).isEqualTo(202);
      Answer again = resume(job, "maxErrors=5&maxErrorRate=0.50");
      assertThat(again.status()).as(again.text()).isEqualTo(202);
      assertProblem(resume(job, "maxErrors=5"), 409, "wrong-state", "Pause");
      other.rollback();
    }
    assertThat(stopped(job).path("status").asText()).isEqualTo("completed");
  }

  private Answer resume(String job, String budget) {
    return client.send(
        client
            .request("/import/backfill/" + job + "/resume?" + budget)
            .header("Prefer", "wait=0")
            .POST(BodyPublishers.noBody()));
  }

  private Answer start(String parameters, byte[] file) {
    return client.upload(
        "/import/backfill/start?" + parameters, "x.csv", new ByteArrayInputStream(file));
  }

  private JsonNode importUntilItStops(String parameters, byte[] file) {
    Answer start = start(parameters + "&autostart=true", file);
    assertThat(start.status()).as(start.text()).isEqualTo(202);
    return stopped(start.jobId());
  }

  @Test
  void isHeededThoughSomebodyHasAskedForAPause() throws Exception {
    String job = start("maxErrors=0", SessionFiles.withBadRows(5, row -> row == 1)).jobId();
    try (Connection other = database.connect();
        Statement users = other.createStatement()) {
      other.setAutoCommit(false);
      users.execute("SELECT * FROM users FOR UPDATE");
      client.resumeWithoutWaiting(job);
      await().until(() -> !BlockedStatements.in(jdbc, "FOR KEY SHARE").isEmpty());
      // As a request to pause does, but for its time: it is not due yet.
      jdbc.sql(
              """
              UPDATE backfill_jobs
                 SET requested = 'pause', requested_at = now() + interval '1 hour'
              """)
          .update();
      other.rollback();
    }

    assertThat(stopped(job).path("message").asText()).contains("maxErrors=0");
  }

  @Test
  void isHeededByWhoeverTakesTheJobOver() {
    String job = start("maxErrors=0", SessionFiles.withBadRows(5, row -> row == 1)).jobId();
    jdbc.sql(
            """
            UPDATE backfill_jobs
               SET status = 'running', owner = ?, queued_at = now(), budget_spent = true,
                   message = 'Paused by its error budget', requested = 'pause',
                   requested_at = now() + interval '1 hour'
            """)
        .param(ownership.number())
        .update();

    JsonNode paused = stopped(job);

    assertThat(paused.path("status").asText()).isEqualTo("paused");
    assertThat(paused.path("message").asText()).isEqualTo("Paused by its error budget");
  }

  private JsonNode stopped(String job) {
    await()
        .atMost(PATIENCE)
        .until(() -> !client.status(job).json().path("status").asText().matches("pending|running"));
    return client.status(job).json();
  }
}
