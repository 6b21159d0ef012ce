package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.hash.Hashing;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Interruption;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The pace in a job's status, and the contents of its report. */
@IntegrationTest
class JobStoryIT {

  /** Two full chunks and one of a single row. */
  private static final long ROWS = 10_001;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transaction;
  @Autowired BackfillSettings settings;

  @Test
  void aJobThatWasNeverStartedHasNoPace() {
    JsonNode status = client.start("sessions.csv", SessionFiles.good(1)).json();

    assertThat(status.path("createdAt").asText()).endsWith("Z");
    assertThat(status.fieldNames())
        .toIterable()
        .doesNotContain("rate", "elapsedSeconds", "estimatedEnd", "startedAt", "completedAt");
  }

  @Test
  void aRunningJobSaysHowFastItGoesAndWhenItWillEnd() {
    addUsers();
    String job = client.start("sessions.csv", SessionFiles.good(ROWS)).jobId();

    transaction.executeWithoutResult(
        held -> {
          jdbc.sql("SELECT * FROM backfill_chunks WHERE chunk_no = 2 FOR UPDATE").query(r -> {});
          startWithoutWaiting(job);
          // A few rows may wait in a tail chunk, because they seem to repeat an id.
          await().until(() -> status(job).path("processedRows").asLong() > 9_900);
          JsonNode status = status(job);
          double elapsed = status.path("elapsedSeconds").asDouble();
          // The seconds are rounded to thousandths, and a short run has few of them.
          assertThat(status.path("processedRows").asLong() / status.path("rate").asDouble())
              .isCloseTo(elapsed, within(0.0006));
          assertThat(Instant.parse(status.path("estimatedEnd").asText()))
              .isAfter(Instant.parse(status.path("startedAt").asText()));
          await()
              .untilAsserted(
                  () ->
                      assertThat(status(job).path("elapsedSeconds").asDouble())
                          .isGreaterThan(elapsed));
        });

    await().until(() -> status(job).path("status").asText().equals("completed"));
    JsonNode over = status(job);
    assertThat(over.path("rate").asDouble()).isPositive();
    assertThat(over.has("estimatedEnd")).isFalse();
    assertThat(status(job)).as("nothing changes any more").isEqualTo(over);
  }

  @Test
  void theTimeInWhichAJobStoodStillDoesNotCount() {
    addUsers();
    String job = client.start("sessions.csv", SessionFiles.good(ROWS)).jobId();
    Interruption.at(jdbc, 0, () -> client.resume(job));
    double firstRun = status(job).path("elapsedSeconds").asDouble();
    assertThat(firstRun).isPositive();
    // It stands still for an hour.
    jdbc.sql(
            """
            UPDATE backfill_jobs
               SET phase_at = phase_at - interval '1 hour', started_at = started_at - interval '1 hour'
            """)
        .update();
    assertThat(status(job).path("elapsedSeconds").asDouble()).isEqualTo(firstRun);

    client.resume(job);

    assertThat(status(job).path("status").asText()).isEqualTo("completed");
    assertThat(status(job).path("elapsedSeconds").asDouble())
        .isGreaterThan(firstRun)
        .isLessThan(600);
  }

  @Test
  void theTimeBetweenADeathAndTheTakeOverDoesNotCount(@TempDir Path data) {
    try (Database database = RealParts.newDatabase()) {
      String dataFolder = "--backfill.data-dir=" + data;
      String job;
      try (ServiceInThisJvm before = new ServiceInThisJvm(database, dataFolder)) {
        database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
        job = before.client().start("sessions.csv", SessionFiles.good(10)).jobId();
      }
      // As left by a process that began it an hour ago, and died 100 seconds later.
      database
          .jdbc()
          .sql("UPDATE backfill_jobs SET status = 'running', queued_at = now(), owner = 1")
          .update();
      database
          .jdbc()
          .sql(
              """
              UPDATE backfill_jobs
                 SET started_at = now() - interval '1 hour',
                     phase_at = now() - interval '1 hour',
                     updated_at = now() - interval '1 hour' + interval '100 s'
              """)
          .update();

      try (ServiceInThisJvm service = new ServiceInThisJvm(database, dataFolder)) {
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> statusAt(service, job).path("status").asText().equals("completed"));
        assertThat(statusAt(service, job).path("elapsedSeconds").asDouble())
            .isBetween(100.0, 160.0);
      }
    }
  }

  private static JsonNode statusAt(ServiceInThisJvm service, String job) {
    return service.client().status(job).json();
  }

  @Test
  void theReportTellsTheWholeStoryOfAnUpload() {
    addUsers();
    byte[] file =
        (SessionFiles.HEADER
                + SessionFiles.row("S-1", "4")
                + SessionFiles.row("S-2", "9")
                + SessionFiles.row("S-3", "9").replace("Language Connect", "Coffee")
                + SessionFiles.row("S-1", "4"))
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    String job = client.importFile("sessions.csv", file).path("jobId").asText();

    JsonNode report = report(job);

    assertThat(report.path("status").asText()).isEqualTo("completed");
    assertThat(report.path("successfulRows").asLong()).isEqualTo(1);
    assertThat(report.path("failedRows").asLong()).isEqualTo(3);
    assertThat(report.path("origin").asText()).isEqualTo("http");
    assertThat(report.path("checksum").asText())
        .isEqualTo(Hashing.sha256().hashBytes(file).toString());
    assertThat(report.path("sizeBytes").asLong()).isEqualTo(file.length);
    assertThat(report.path("causes").toString())
        .isEqualTo("{\"duplicate-session-id\":1,\"invalid-rating\":2,\"unknown-session-type\":1}");
    JsonNode durations = report.path("durations");
    for (String phase : List.of("indexSeconds", "waitSeconds", "loadSeconds", "finishSeconds")) {
      assertThat(durations.path(phase).isNumber()).as(phase).isTrue();
      assertThat(durations.path(phase).asDouble()).as(phase).isBetween(0.0, 60.0);
    }
    assertThat(
            durations.path("loadSeconds").asDouble() + durations.path("finishSeconds").asDouble())
        .isCloseTo(report.path("elapsedSeconds").asDouble(), within(0.01));
    assertThat(report.path("children").isArray()).isTrue();
    assertThat(report.has("parentJobId")).isFalse();
  }

  @Test
  void theReportKeepsItsCountsWhenTheRejectsAreGone() {
    addUsers();
    String job =
        client
            .importFile("sessions.csv", SessionFiles.withBadRows(5, row -> row > 3))
            .path("jobId")
            .asText();

    jdbc.sql("DELETE FROM backfill_rejects").update();

    assertThat(report(job).path("causes").toString()).isEqualTo("{\"invalid-rating\":2}");
  }

  @Test
  void theReportNamesAFileDrop() throws IOException {
    addUsers();
    Path part = settings.inboxDir().resolve("dropped.csv.part");
    Files.write(part, SessionFiles.good(2));
    Files.move(part, settings.inboxDir().resolve("dropped.csv"));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> Files.exists(settings.inboxDir().resolve("done/dropped.csv")));

    String job = client.get("/import/backfill?name=dropped").json().at("/jobs/0/jobId").asText();

    assertThat(report(job).path("origin").asText()).isEqualTo("inbox");
  }

  @Test
  void aJobThatWasNotStartedHasAReportTooAndAnUnknownOneHasNone() {
    JsonNode report = report(client.start("sessions.csv", SessionFiles.good(1)).jobId());
    assertThat(report.path("causes").isEmpty()).isTrue();
    assertThat(report.path("durations").has("finishSeconds")).isFalse();
    assertThat(
            report(client.start("empty.csv", SessionFiles.HEADER).jobId()).path("status").asText())
        .isEqualTo("completed");

    Answer unknown = client.get("/import/backfill/nonsense/report");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.json().path("type").asText()).endsWith(":unknown-job");
  }

  private void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  private void startWithoutWaiting(String job) {
    client.send(
        client
            .request("/import/backfill/" + job + "/resume")
            .header("Prefer", "wait=0")
            .POST(BodyPublishers.noBody()));
  }

  private JsonNode status(String job) {
    return client.status(job).json();
  }

  private JsonNode report(String job) {
    Answer answer = client.get("/import/backfill/" + job + "/report");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }
}
