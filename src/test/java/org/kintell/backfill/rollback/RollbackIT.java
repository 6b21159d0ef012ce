package org.kintell.backfill.rollback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.event.PublishedEvents;
import org.kintell.backfill.event.PublishedEvents.Published;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A rollback removes the sessions of one import and no others, and publishes their retractions. */
@IntegrationTest
@Chunks(rows = 5)
class RollbackIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path SCHEMA = Path.of("docs/events/session-retracted.schema.json");

  /**
   * Every tenth row is bad, and the last three repeat earlier ids: of a good row and of a bad one.
   */
  private static final byte[] FILE =
      (new String(SessionFiles.withBadRows(97, row -> row % 10 == 0), StandardCharsets.UTF_8)
              + SessionFiles.row("S-1", "5")
              + SessionFiles.row("S-10", "5")
              + SessionFiles.row("S-10", "4"))
          .getBytes(StandardCharsets.UTF_8);

  private static final int IMPORTED = 89;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void prepare() throws Exception {
    PublishedEvents.purge(RealParts.natsUrl());
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    sessions.add("OLD", SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void removesWhatTheJobCreatedAndLetsTheFileBeImportedAgain() throws Exception {
    String job = imported("", FILE);
    List<String> created =
        jdbc.sql("SELECT id::text FROM kintell_sessions WHERE job_id IS NOT NULL")
            .query(String.class)
            .list();

    Answer asked = client.ask(job, "rollback");

    assertThat(asked.status()).as(asked.text()).isEqualTo(202);
    assertThat(asked.json().path("status").asText()).isIn("rolling_back", "rolled_back");
    JsonNode status = awaitStatus(job, "rolled_back");
    assertThat(status.path("message").asText())
        .contains(IMPORTED + " sessions removed", "again as a new job");
    assertThat(sessions.ids()).containsExactly("OLD");
    JsonNode report = client.get("/import/backfill/" + job + "/rollback").json();
    assertThat(report.path("removed").asInt()).isEqualTo(IMPORTED);
    assertThat(report.path("kept").asInt(-1)).isZero();
    assertThat(report.path("retracted").asInt()).isEqualTo(IMPORTED);
    assertConsistent(job, IMPORTED);
    List<Published> retracted = awaitRetracted(IMPORTED);
    assertThat(retracted)
        .extracting(event -> event.json().at("/data/sessionId").asText())
        .containsExactlyInAnyOrderElementsOf(created);
    assertThat(retracted).extracting(Published::id).doesNotHaveDuplicates();
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(Files.readString(SCHEMA));
    assertThat(retracted)
        .allSatisfy(
            event -> {
              assertThat(schema.validate(event.json())).isEmpty();
              assertThat(event.json().at("/metadata/correlationId").asText()).isEqualTo(job);
              assertThat(event.json().at("/metadata/id").asText()).isEqualTo(event.id());
            });

    assertThat(client.ask(job, "rollback").status()).isEqualTo(200);
    assertProblem(client.resume(job), 409, "wrong-state", "as a new job");
    assertProblem(client.ask(job, "cancel"), 409, "wrong-state", "rolled_back");

    String again = imported("", FILE);
    assertThat(client.status(again).json().path("successfulRows").asInt()).isEqualTo(IMPORTED);
    assertThat(sessions.ids()).hasSize(IMPORTED + 1);
  }

  @Test
  void aDryRunOnlySaysWhatWouldBeRemoved() throws Exception {
    String job = imported("", FILE);
    jdbc.sql("DELETE FROM kintell_sessions WHERE source_row < 4").update();

    Answer report = client.ask(job, "rollback?dryRun=true");

    assertThat(report.status()).as(report.text()).isEqualTo(200);
    assertThat(report.json().path("dryRun").asBoolean()).isTrue();
    assertThat(report.json().path("removed").asInt()).isEqualTo(IMPORTED - 3);
    assertThat(report.json().path("removedOutside").asInt()).isEqualTo(3);
    assertThat(report.json().path("status").asText()).isEqualTo("completed");
    assertThat(sessions.ids()).hasSize(IMPORTED - 3 + 1);
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("completed");

    client.ask(job, "rollback?dryRun=false");
    awaitStatus(job, "rolled_back");
    assertThat(sessions.ids()).containsExactly("OLD");
    assertConsistent(job, IMPORTED - 3);
    awaitRetracted(IMPORTED - 3);
  }

  @Test
  void keepsWhatTheJobFoundAndSaysWhy() throws Exception {
    String first = imported("", SessionFiles.good(20));
    String second = imported("?onDuplicate=update", SessionFiles.good(30));
    assertThat(client.ask(first, "rollback?dryRun=true").json().path("updatedByOtherJobs").asInt())
        .isEqualTo(20);

    client.ask(second, "rollback");
    awaitStatus(second, "rolled_back");

    assertThat(sessions.ids()).hasSize(21).contains("OLD", "S-1", "S-20");
    JsonNode report = client.get("/import/backfill/" + second + "/rollback").json();
    assertThat(report.path("removed").asInt()).isEqualTo(10);
    assertThat(report.path("kept").asInt()).isEqualTo(20);
    assertThat(report.path("reasons"))
        .singleElement()
        .satisfies(
            reason -> {
              assertThat(reason.path("reason").asText()).isEqualTo("updated");
              assertThat(reason.path("count").asInt()).isEqualTo(20);
            });
    assertConsistent(second, 10);
    awaitRetracted(10);

    String third = imported("?onDuplicate=skip", SessionFiles.good(21));
    client.ask(third, "rollback");
    awaitStatus(third, "rolled_back");
    assertThat(sessions.ids()).hasSize(21);
    JsonNode skipped = client.get("/import/backfill/" + third + "/rollback").json();
    assertThat(skipped.path("kept").asInt()).isEqualTo(20);
    assertThat(skipped.path("reasons").get(0).path("reason").asText()).isEqualTo("skipped");
  }

  @Test
  void retractsNoSessionThatWasNotPublished() throws Exception {
    String job = imported("", SessionFiles.good(20));
    // As if publishing of the first chunk had not begun.
    jdbc.sql("UPDATE backfill_chunks SET publisher = NULL WHERE chunk_no = 0").update();

    client.ask(job, "rollback");
    awaitStatus(job, "rolled_back");

    assertThat(sessions.ids()).containsExactly("OLD");
    assertThat(awaitRetracted(15))
        .extracting(Published::externalSessionId)
        .doesNotContain("S-1", "S-5")
        .contains("S-6", "S-20");
  }

  @Test
  void retractsSessionsOfWhichOnlyAnUpdateWasPublished() throws Exception {
    String job = imported("", SessionFiles.good(5));
    imported("?onDuplicate=update", SessionFiles.good(2));
    jdbc.sql("UPDATE backfill_chunks SET publisher = NULL WHERE job_id = CAST(? AS uuid)")
        .param(job)
        .update();

    client.ask(job, "rollback");
    awaitStatus(job, "rolled_back");

    assertThat(awaitRetracted(2))
        .extracting(Published::externalSessionId)
        .containsExactlyInAnyOrder("S-1", "S-2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pause", "cancel", "failed"})
  void removesAHalfImportedJob(String stop) throws Exception {
    String job = start("?autostart=true", SessionFiles.good(5000)).jobId();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> sessions.ids().size() > 20);
    assertProblem(client.ask(job, "rollback"), 409, "wrong-state", "Cancel or pause");
    if (stop.equals("failed")) {
      jdbc.sql("UPDATE backfill_jobs SET status = 'failed'").update();
    } else {
      client.ask(job, stop);
      awaitStatus(job, stop.equals("pause") ? "paused" : "cancelled");
    }

    assertThat(client.ask(job, "rollback").status()).isEqualTo(202);

    awaitStatus(job, "rolled_back");
    assertThat(sessions.ids()).containsExactly("OLD");
    JsonNode verification = verify(job);
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
    int retracted =
        client.get("/import/backfill/" + job + "/rollback").json().path("retracted").asInt();
    awaitRetracted(retracted);
  }

  @Test
  void aJobThatNeverRanHasNothingToRemove() {
    String job = start("", FILE).jobId();

    Answer answer = client.ask(job, "rollback");

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().path("removed").asInt(-1)).isZero();
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("rolled_back");
    assertThat(verify(job).path("consistent").asBoolean()).isTrue();
  }

  @Test
  void aSessionThatSomethingElseNeedsStopsTheRollbackAndSaysSo() throws Exception {
    String job = imported("", SessionFiles.good(20));
    jdbc.sql("CREATE TABLE certificates (session_id uuid REFERENCES kintell_sessions (id))")
        .update();
    try {
      jdbc.sql("INSERT INTO certificates SELECT id FROM kintell_sessions WHERE source_row = 12")
          .update();
      client.ask(job, "rollback");
      JsonNode failed = awaitStatus(job, "failed");
      assertThat(failed.path("message").asText()).contains("certificates", "rollback again");
      assertThat(sessions.ids()).contains("S-12");
      assertThat(verify(job).path("consistent").asBoolean()).isTrue();
      assertProblem(client.resume(job), 409, "sessions-removed", "as a new job");
    } finally {
      jdbc.sql("DROP TABLE certificates").update();
    }

    assertThat(client.ask(job, "rollback").status()).isEqualTo(202);
    awaitStatus(job, "rolled_back");
    assertThat(sessions.ids()).containsExactly("OLD");
    awaitRetracted(20);
  }

  @Test
  void badRequestsAreRefusedAndRemoveNothing() throws Exception {
    String job = imported("", SessionFiles.good(5));

    for (String dryRun : List.of("1", "yes", "", "TRUE")) {
      assertProblem(
          client.ask(job, "rollback?dryRun=" + dryRun), 400, "invalid-parameter", "true or false");
    }
    assertProblem(client.ask(UUID.randomUUID().toString(), "rollback"), 404, "unknown-job");
    assertProblem(client.ask("nonsense", "rollback?dryRun=true"), 404, "unknown-job");
    assertProblem(client.get("/import/backfill/nonsense/rollback"), 404, "unknown-job");
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("completed");
    assertThat(sessions.ids()).hasSize(6);
  }

  private Answer start(String parameters, byte[] file) {
    return client.upload(
        "/import/backfill/start" + parameters, "x.csv", new ByteArrayInputStream(file));
  }

  /** The id of a completed job whose events are published. */
  private String imported(String parameters, byte[] file) {
    String job = client.importStarted(start(parameters, file)).path("jobId").asText();
    await()
        .atMost(PATIENCE)
        .until(() -> client.status(job).json().path("eventsPending").asInt(1) == 0);
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("completed");
    return job;
  }

  private JsonNode awaitStatus(String job, String status) {
    await()
        .atMost(PATIENCE)
        .until(() -> client.status(job).json().path("status").asText().equals(status));
    return client.status(job).json();
  }

  private JsonNode verify(String job) {
    return client.get("/import/backfill/" + job + "/verify").json();
  }

  private void assertConsistent(String job, int removed) {
    JsonNode verification = verify(job);
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
    assertThat(verification.path("sessions").asInt(-1)).isZero();
    assertThat(verification.path("removed").asInt()).isEqualTo(removed);
  }

  /** Waits until no retraction is pending, and returns those in the stream. */
  private List<Published> awaitRetracted(int expected) throws Exception {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                jdbc.sql("SELECT count(*) FROM backfill_retractions").query(Long.class).single()
                    == 0);
    List<Published> retracted =
        PublishedEvents.on(RealParts.natsUrl(), "kintell.session.retracted");
    assertThat(retracted).hasSize(expected);
    return retracted;
  }

  private static void assertProblem(Answer answer, int status, String type, String... inDetail) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.json().path("type").asText()).endsWith(":" + type);
    for (String part : inDetail) {
      assertThat(answer.json().path("detail").asText()).contains(part);
    }
  }
}
