package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The {@code message} of a job at its end. */
@IntegrationTest
@ExtendWith(OutputCaptureExtension.class)
class OutcomeTextsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Autowired private BackfillClient client;
  @Autowired private Sessions sessions;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void aJobOfWhichNothingWasImportedSaysSo(CapturedOutput log) {
    JsonNode all = client.importFile("x.csv", SessionFiles.withBadRows(7, row -> true));
    assertThat(all.path("status").asText()).isEqualTo("completed");
    assertThat(all.path("message").asText())
        .contains("Nothing was imported: all 7 rows were rejected", "/report");

    JsonNode one = client.importFile("x.csv", SessionFiles.withBadRows(1, row -> true));
    assertThat(one.path("message").asText()).contains("the only row was rejected");
    assertThat(log.getAll().lines().filter(line -> line.contains(one.path("jobId").asText())))
        .anyMatch(line -> line.endsWith(", 1 row"))
        .noneMatch(line -> line.matches(".*\\b1 (rows|sessions)\\b.*"));

    JsonNode some = client.importFile("x.csv", SessionFiles.withBadRows(2, row -> row == 2));
    assertThat(some.has("message")).isFalse();
  }

  @Test
  void aBudgetIsHeededWithinAFileOfOneChunk() {
    byte[] file = SessionFiles.withBadRows(1000, row -> row <= 12);
    Answer start =
        client.upload(
            "/import/backfill/start?maxErrors=3", "x.csv", new ByteArrayInputStream(file));
    assertThat(start.json().path("message").asText()).contains("checked after every 100 rows");

    JsonNode paused = client.importStarted(start);

    assertThat(paused.path("status").asText()).isEqualTo("paused");
    assertThat(paused.path("processedRows").asLong()).isEqualTo(100);
    assertThat(paused.path("successfulRows").asLong()).isEqualTo(sessions.ids().size());
    JsonNode end = client.resume(start.jobId()).json();
    assertThat(end.path("status").asText()).isEqualTo("completed");
    assertThat(sessions.ids()).hasSize(988);
    Answer verification = client.get("/import/backfill/" + start.jobId() + "/verify");
    assertThat(verification.json().path("consistent").asBoolean()).as(verification.text()).isTrue();
  }

  @Test
  void cancelOfACompletedJobDoesNotSayThatRejectsAreImported() {
    String job =
        client
            .importFile("x.csv", SessionFiles.withBadRows(3, row -> row == 1))
            .path("jobId")
            .asText();
    Answer answer = client.ask(job, "cancel");
    assertProblem(answer, 409, "wrong-state");
    assertThat(answer.json().path("detail").asText())
        .contains("2 rows imported and 1 row rejected")
        .doesNotContain("Everything");
  }

  @Test
  void aRollbackNamesTheSessionsOfChildrenAndCountsWhatItRemoved() {
    String parent =
        client
            .importFile("x.csv", SessionFiles.withBadRows(3, row -> row == 2))
            .path("jobId")
            .asText();
    String corrected = client.errors(parent).text().replaceFirst(",9,Fine", ",4,Fine");
    String child =
        client
            .importStarted(
                client.start(
                    "backfill_errors_" + parent + ".csv",
                    corrected.getBytes(StandardCharsets.UTF_8)))
            .path("jobId")
            .asText();
    assertThat(sessions.ids()).hasSize(3);

    JsonNode preview = client.ask(parent, "rollback?dryRun=true").json();
    assertThat(preview.at("/children/0/jobId").asText()).isEqualTo(child);
    assertThat(preview.at("/children/0/sessions").asLong()).isEqualTo(1);
    String offered = preview.at("/children/0/rollback").asText();
    assertThat(offered).isEqualTo("POST /import/backfill/" + child + "/rollback");

    client.ask(parent, "rollback");
    JsonNode over = awaitRolledBack(parent);
    assertThat(over.path("sessionsRemoved").asLong()).isEqualTo(2);
    assertThat(over.path("message").asText())
        .contains("2 sessions removed", "Jobs made of its rejects still have 1 session");
    assertThat(sessions.ids()).hasSize(1);

    client.ask(child, "rollback");
    assertThat(awaitRolledBack(child).path("message").asText()).contains("1 session removed");
    assertThat(sessions.ids()).isEmpty();
  }

  private JsonNode awaitRolledBack(String job) {
    await()
        .atMost(PATIENCE)
        .until(() -> client.status(job).json().path("status").asText().equals("rolled_back"));
    return client.status(job).json();
  }
}
