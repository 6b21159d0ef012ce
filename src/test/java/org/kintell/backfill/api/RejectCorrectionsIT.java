package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A program corrects rejected rows, cell by cell or by rule, and only these become another job. */
@IntegrationTest
class RejectCorrectionsIT {

  private static final String COFFEE =
      "{\"rules\":[{\"column\":\"session_type\",\"from\":\"Coffee\",\"to\":\"Mentorship\"}]%s}";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  private static String row(String id, String type, String rating, String feedback) {
    return "%s,%s,%s,%s,2024-01-15T10:00:00Z,60,%s,%s,B1\n"
        .formatted(id, type, SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER, rating, feedback);
  }

  private String imported(String... rows) {
    return imported(String.join("", rows).getBytes(StandardCharsets.UTF_8));
  }

  private String imported(byte[] rows) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(SessionFiles.HEADER.getBytes(StandardCharsets.UTF_8));
    file.writeBytes(rows);
    return client.importFile("mixed.csv", file.toByteArray()).path("jobId").asText();
  }

  private Answer correct(String job, String query, String body) {
    return client.send(
        client
            .request("/import/backfill/" + job + "/corrections" + query)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }

  /** Corrects, and returns the status of the child at its end. */
  private JsonNode corrected(String job, String body) {
    Answer answer = correct(job, "", body);
    assertThat(answer.status()).as(answer.text()).isEqualTo(202);
    String child = answer.jobId();
    assertThat(answer.header("Location")).isEqualTo("/import/backfill/" + child + "/status");
    assertThat(answer.json().path("parentJobId").asText()).isEqualTo(job);
    await().until(() -> client.status(child).json().path("status").asText().equals("completed"));
    return client.status(child).json();
  }

  @Test
  void aRuleCorrectsAllRowsThatHaveTheValueAndNoOther() {
    List<String> rows = new ArrayList<>();
    for (int i = 1; i <= 98; i++) {
      rows.add(row("S-" + i, i % 2 == 0 ? "Coffee" : "\" Coffee \"", "4", "Fine"));
    }
    rows.add(row("S-99", "Coffee time", "4", "Coffee"));
    rows.add(row("S-100", "Tea", "4", "Fine"));
    String job = imported(rows.toArray(String[]::new));

    JsonNode child = corrected(job, COFFEE.formatted(",\"leaveOut\":[5,6]"));

    assertThat(child.path("totalRows").asInt()).isEqualTo(96);
    assertThat(child.path("successfulRows").asInt()).isEqualTo(96);
    assertThat(sessions.ids()).hasSize(96).doesNotContain("S-5", "S-6", "S-99", "S-100");
    assertThat(client.status(job).json().path("openRejects").asInt()).isEqualTo(4);
    JsonNode report = client.get("/import/backfill/" + job + "/report").json();
    assertThat(report.path("causes").path("unknown-session-type").asInt()).isEqualTo(100);
    assertThat(report.path("openCauses").path("unknown-session-type").asInt()).isEqualTo(4);
    assertThat(report.path("createdBy").asText()).isEqualTo("local");
    assertThat(report.path("keptUntil").asText()).endsWith("Z");
    assertThat(report.at("/history").toString()).contains("\"corrected\"");
    assertProblem(
        correct(job, "", COFFEE.formatted(",\"leaveOut\":[5,6]")), 409, "nothing-to-retry");
  }

  @Test
  void aChildTreatsDuplicatesAsItsParentDoes() {
    imported(row("S-1", "Mentorship", "4", "Fine"));
    byte[] bad = (SessionFiles.HEADER + row("S-1", "Mentorship", "9", "Fine")).getBytes();
    Answer parent =
        client.upload(
            "/import/backfill/start?onDuplicate=update",
            "update.csv",
            new ByteArrayInputStream(bad));
    client.importStarted(parent);

    JsonNode child =
        corrected(parent.jobId(), "{\"rows\":[{\"row\":1,\"fields\":{\"rating\":\"5\"}}]}");
    assertThat(child.path("updatedRows").asInt()).isEqualTo(1);
  }

  /** Uncorrected rows are rejected again, so that their bytes can be compared. */
  @Test
  void cellsThatAreNotCorrectedKeepTheirBytes() {
    String odd = "\"He said \"\"hi\"\", \u00fc\uD83D\uDE00 <img onerror>\"";
    String job = imported(row("S-1", " \"quoted\" ", "9", odd), row("S-2", "Coffee", "9", " x "));

    JsonNode child =
        corrected(
            job,
            "{\"rows\":[{\"row\":1,\"fields\":{\"session_type\":\"a \\\"b\\\", c\"}},"
                + "{\"row\":2,\"fields\":{\"session_type\":\"Mentorship\",\"rating\":\"8\"}}]}");

    String errors = client.errors(child.path("jobId").asText()).text();
    assertThat(errors)
        .contains(
            row("S-1", "\"a \"\"b\"\", c\"", "9", odd).strip() + ",1,",
            row("S-2", "Mentorship", "8", " x ").strip() + ",2,Invalid rating: 8");
  }

  @Test
  void aRowOfWrongBytesOrWithoutColumnsIsCorrectedAndImported() {
    byte[] wrong = row("S-1", "Mentorship", "4", "Fxne").getBytes(StandardCharsets.UTF_8);
    int cell = new String(wrong, StandardCharsets.US_ASCII).indexOf("Fxne");
    wrong[cell + 1] = (byte) 0xff;
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    rows.writeBytes(wrong);
    rows.writeBytes("S-2,Mentorship\n".getBytes(StandardCharsets.UTF_8));
    rows.writeBytes("\"S-3\"x,Mentorship\n".getBytes(StandardCharsets.UTF_8));
    String job = imported(rows.toByteArray());

    JsonNode child =
        corrected(
            job,
            "{\"rows\":[{\"row\":1,\"fields\":{\"feedback_text\":\"Fine\"}},{\"row\":2,\"text\":\""
                + row("S-2", "Mentorship", "4", "Fine").strip()
                + "\"},{\"row\":3,\"text\":\""
                + row("S-3", "Mentorship", "4", "Fine").strip()
                + "\\n\"}]}");

    assertThat(child.path("successfulRows").asInt()).as(child.toString()).isEqualTo(3);
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-1", "S-2", "S-3");
    assertThat(client.status(job).json().has("openRejects")).isTrue();
    assertThat(client.status(job).json().path("openRejects").asInt()).isZero();
  }

  @Test
  void aChildOfAChildIsCorrectedToo() {
    String job = imported(row("S-1", "Coffee", "9", "Fine"), row("S-2", "Tea", "4", "Fine"));
    String child = corrected(job, COFFEE.formatted("")).path("jobId").asText();

    JsonNode grandchild =
        corrected(child, "{\"rules\":[{\"column\":\"rating\",\"from\":\"9\",\"to\":\"5\"}]}");

    assertThat(grandchild.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(client.status(job).json().path("openRejects").asInt()).isEqualTo(1);
  }

  @Test
  void aDryRunSaysWhatWouldBecomeOfTheRowsByTheirOwnNumbers() {
    String job =
        imported(
            row("S-1", "Mentorship", "4", "Fine"),
            row("S-2", "Coffee", "4", "Fine"),
            row("S-3", "Coffee", "9", "Fine"),
            row("S-1", "Coffee", "4", "Fine"));

    Answer answer = correct(job, "?dryRun=true", COFFEE.formatted(""));

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    JsonNode report = answer.json();
    assertThat(report.path("totalRows").asInt()).isEqualTo(3);
    assertThat(report.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(report.at("/faults").toString())
        .contains("{\"row\":3,\"message\":\"Invalid rating: 9\"}");
    assertThat(report.at("/duplicates/inDatabase/first").toString()).isEqualTo("[4]");
    assertThat(sessions.ids()).containsExactly("S-1");
    assertThat(client.status(job).json().path("openRejects").asInt()).isEqualTo(3);
  }

  @Test
  void aRowThatAnotherJobHasIsNamed() {
    String job = imported(row("S-1", "Coffee", "4", "Fine"), row("S-2", "Tea", "4", "Fine"));
    corrected(job, COFFEE.formatted(""));

    Answer answer =
        correct(
            job,
            "",
            "{\"rows\":[{\"row\":1,\"fields\":{\"session_type\":\"Mentorship\"}},"
                + "{\"row\":2,\"fields\":{\"session_type\":\"Mentorship\"}}]}");

    assertProblem(answer, 409, "rejects-taken", ": 1.");
    assertThat(answer.json().path("rows").toString()).isEqualTo("[1]");
    assertThat(sessions.ids()).containsExactly("S-1");

    corrected(
        job,
        "{\"rows\":[{\"row\":1,\"fields\":{\"session_type\":\"Mentorship\"}},"
            + "{\"row\":2,\"fields\":{\"session_type\":\"Mentorship\"}}],\"leaveOut\":[1]}");
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-1", "S-2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\u0001',
      value = {
        "nonsense",
        "null",
        "[]",
        "{\"row\":[]}",
        "{\"rows\":[{\"row\":1}]}",
        "{\"rows\":[{\"fields\":{\"rating\":\"4\"}}]}",
        "{\"rows\":[{\"row\":1,\"fields\":{\"rating\":\"4\"},\"text\":\"x\"}]}",
        "{\"rows\":[{\"row\":1,\"fields\":{\"rating\":null}}]}",
        "{\"rows\":[{\"row\":1,\"fields\":{\"rating\":\"\\u0000\"}}]}",
        "{\"rows\":[{\"row\":1,\"fields\":{\"nonsense\":\"4\"}}]}",
        "{\"rows\":[{\"row\":1,\"fields\":{\"_error_message\":\"\"}}]}",
        "{\"rows\":[{\"row\":1,\"text\":\"a row that can be split\"}]}",
        "{\"rows\":[{\"row\":2,\"fields\":{\"rating\":\"4\"}}]}",
        "{\"rows\":[{\"row\":2,\"text\":\"\\\"not closed\"}]}",
        "{\"rows\":[{\"row\":2,\"text\":\"two\\nrows\"}]}",
        "{\"rows\":[{\"row\":2,\"text\":\"\"}]}",
        "{\"rows\":[{\"row\":2,\"text\":\"1,2,3,4,5,6,7,8,9,10\"}]}",
        "{\"rows\":[{\"row\":3,\"fields\":{\"rating\":\"4\"}}]}",
        "{\"rows\":[{\"row\":1,\"fields\":{}},{\"row\":1,\"fields\":{}}]}",
        "{\"rules\":[{\"column\":\"rating\",\"from\":\"9\"}]}",
        "{\"rules\":[{\"column\":\"nonsense\",\"from\":\"9\",\"to\":\"4\"}]}",
        "{\"rules\":[{\"column\":\"rating\",\"from\":\"9\",\"to\":\"4\"},"
            + "{\"column\":\"rating\",\"from\":\"9\",\"to\":\"5\"}]}"
      })
  void aCorrectionThatCannotBeUsedChangesNothing(String body) {
    String job = imported(row("S-1", "Mentorship", "9", "Fine"), "S-2,short\n");

    assertProblem(correct(job, "", body), 400, "invalid-correction");
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single())
        .isEqualTo(1);
  }

  /** A rule writes its text into each reject, so a small body could become a huge upload. */
  @Test
  void aTextThatIsTooLongChangesNothing() {
    String job = imported(row("S-1", "Mentorship", "9", "Fine"), row("S-2", "Coffee", "9", "Fine"));
    String rule = "{\"column\":\"%s\",\"from\":\"%s\",\"to\":\"%s\"}";
    String long1001 = rule.formatted("feedback_text", "Fine", "x".repeat(1001));
    assertProblem(
        correct(job, "", "{\"rules\":[" + long1001 + "]}"),
        400,
        "invalid-correction",
        "The new text of a rule is longer than 1000 characters");
    String cell = "{\"rows\":[{\"row\":1,\"fields\":{\"feedback_text\":\"%s\",\"rating\":\"5\"}}]}";
    assertProblem(
        correct(job, "", cell.formatted("x".repeat(65_537))),
        400,
        "invalid-correction",
        "A field of row 1 is longer than 65536 characters");
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single()).isOne();

    corrected(job, cell.formatted("x".repeat(65_536)));
    String long1000 = rule.formatted("feedback_text", "Fine", "y".repeat(1000));
    corrected(
        job,
        "{\"rules\":[%s,%s,%s]}"
            .formatted(
                long1000,
                rule.formatted("rating", "9", "4"),
                rule.formatted("session_type", "Coffee", "Mentorship")));
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-1", "S-2");
  }

  @Test
  void aPendingJobIsCheckedWithoutASecondUploadAndTheReportIsKept() {
    String job = client.start("pending.csv", SessionFiles.withBadRows(20, row -> row <= 2)).jobId();
    Answer whole = client.ask(job, "validate");
    assertThat(whole.status()).as(whole.text()).isEqualTo(200);
    assertThat(whole.json().path("failedRows").asInt()).isEqualTo(2);
    assertProblem(client.get("/import/backfill/" + job + "/validate"), 404, "unknown-check");

    Answer accepted =
        client.send(
            client
                .request("/import/backfill/" + job + "/validate")
                .header("Prefer", "respond-async")
                .POST(BodyPublishers.noBody()));

    assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
    assertThat(accepted.header("Preference-Applied")).isEqualTo("respond-async");
    String path = accepted.header("Location");
    await().until(() -> client.get(path).json().path("status").asText().equals("completed"));
    JsonNode check = client.get(path).json();
    assertThat(check.path("jobId").asText()).isEqualTo(job);
    assertThat(check.path("processedRows").asInt()).isEqualTo(20);
    assertThat(check.path("report")).isEqualTo(whole.json());
    assertThat(client.get("/import/backfill/" + job + "/validate").json()).isEqualTo(check);
    assertThat(client.get("/import/backfill").json().path("jobs")).hasSize(1);
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("pending");
    assertThat(sessions.ids()).isEmpty();

    jdbc.sql("UPDATE backfill_jobs SET kept_until = now() WHERE dry_run").update();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertProblem(client.get(path), 404, "unknown-check"));
    client.resume(job);
    assertProblem(client.ask(job, "validate"), 409, "wrong-state");
  }
}
