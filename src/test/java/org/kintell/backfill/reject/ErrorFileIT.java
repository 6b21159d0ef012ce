package org.kintell.backfill.reject;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FileCase;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Failures of the error file itself, and its location. */
@IntegrationTest
class ErrorFileIT {

  private static final String FILE =
      """
      session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level
      S-1,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,0,,,
      S-2,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,,,
      """;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired BackfillSettings settings;
  @Autowired JdbcClient jdbc;

  /** The client would mistake the part for the whole file. */
  @Test
  void aDownloadThatFailsHalfWayDoesNotEndAsIfItWereWhole() throws Exception {
    String row = "S,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,0,,%s,\n";
    String header = FILE.lines().findFirst().orElseThrow() + "\n";
    String jobId =
        client
            .start("sessions.csv", header + row.formatted("x".repeat(200_000)).repeat(100))
            .jobId();
    client.resume(jobId);
    HttpRequest download = client.request("/import/backfill/" + jobId + "/errors").GET().build();

    HttpResponse<InputStream> answer =
        HttpClient.newHttpClient().send(download, BodyHandlers.ofInputStream());

    assertThat(answer.statusCode()).isEqualTo(200);
    try (InputStream body = answer.body()) {
      assertThat(body.readNBytes(header.length() - 1))
          .asString(StandardCharsets.UTF_8)
          .isEqualTo(header.strip());
      jdbc.sql("ALTER TABLE backfill_rejects RENAME TO rejects_elsewhere").update();
      assertThatThrownBy(() -> body.transferTo(OutputStream.nullOutputStream()))
          .isInstanceOf(IOException.class);
    } finally {
      jdbc.sql("ALTER TABLE rejects_elsewhere RENAME TO backfill_rejects").update();
    }
  }

  @Test
  void aFolderThatRefusesItStopsNoJob() throws IOException {
    sessions.addUsers("p@example.com", "v@example.com");
    String jobId = client.start("sessions.csv", FILE).jobId();
    Path inTheWay = settings.errorsDir().resolve("backfill_errors_" + jobId + ".csv");
    Files.createDirectories(inTheWay.resolve("something"));

    JsonNode status = client.resume(jobId).json();

    assertThat(status.path("status").asText()).isEqualTo("completed");
    assertThat(status.path("failedRows").asInt()).isEqualTo(1);
    assertThat(status.path("message").asText())
        .contains(inTheWay.toString(), "/import/backfill/" + jobId + "/errors");
    assertThat(client.errors(jobId).text()).contains("1,Invalid duration: 0\n");
    try (Stream<Path> left = Files.list(settings.errorsDir())) {
      assertThat(left).noneMatch(file -> file.toString().endsWith(".part"));
    }
  }

  /** As in /tmp, where the name can be guessed once the id is known. */
  @Test
  void aFileThatSomebodyElseMadeFirstIsNeitherWrittenToNorShown() throws IOException {
    assumeThat(System.getProperty("user.name"))
        .as("only root can make files of another user")
        .isEqualTo("root");
    assertLeftAlone(
        path -> {
          Files.writeString(path, "forged");
          Files.setAttribute(path, "unix:uid", 65534);
        });
  }

  @Test
  void aLinkAtItsNameIsNeitherFollowedNorShown(@TempDir Path elsewhere) throws IOException {
    Path victim = Files.writeString(elsewhere.resolve("victim"), "forged");
    assertLeftAlone(path -> Files.createSymbolicLink(path, victim));
  }

  private interface Planting {
    void at(Path path) throws IOException;
  }

  private void assertLeftAlone(Planting planting) throws IOException {
    sessions.addUsers("p@example.com", "v@example.com");
    String jobId = client.start("sessions.csv", FILE).jobId();
    Path path = settings.errorsDir().resolve("backfill_errors_" + jobId + ".csv");
    planting.at(path);
    FileTime time = Files.getLastModifiedTime(path);

    JsonNode status = client.resume(jobId).json();

    assertThat(status.path("status").asText()).isEqualTo("completed");
    assertThat(status.path("failedRows").asInt()).isEqualTo(1);
    assertThat(status.has("errorFilePath")).isFalse();
    assertThat(status.path("message").asText()).contains("could not be written");
    assertThat(client.get("/import/backfill").json().findValues("errorFilePath")).isEmpty();
    assertThat(path).hasContent("forged");
    assertThat(Files.getLastModifiedTime(path)).isEqualTo(time);
    assertThat(client.errors(jobId).text()).contains("1,Invalid duration: 0\n");
    Files.delete(path);
  }

  /** A job that is cancelled gets no file. */
  @Test
  void aPathIsThatOfAFileThatWillBeThere() {
    sessions.addUsers("p@example.com", "v@example.com");
    String jobId = client.start("sessions.csv", FILE).jobId();
    jdbc.sql("UPDATE backfill_jobs SET failed_rows = 1, processed_rows = 1 WHERE id = ?::uuid")
        .param(jobId)
        .update();
    assertThat(client.status(jobId).json().has("errorFilePath")).isTrue();

    client.ask(jobId, "cancel");

    assertThat(client.status(jobId).json().has("errorFilePath")).isFalse();
  }

  @Test
  void isAnAttachmentNamedAfterItsJob() {
    sessions.addUsers("p@example.com", "v@example.com");
    JsonNode status = client.importFile("sessions.csv", FILE.getBytes(StandardCharsets.UTF_8));
    String jobId = status.path("jobId").asText();

    Answer errors = client.errors(jobId);

    assertThat(MediaType.parseMediaType(errors.header("Content-Type")))
        .isEqualTo(MediaType.parseMediaType("text/csv; charset=utf-8"));
    assertThat(errors.header("Content-Disposition"))
        .isEqualTo("attachment; filename=\"backfill_errors_%s.csv\"".formatted(jobId));
    assertThat(Path.of(status.path("errorFilePath").asText()))
        .isEqualTo(settings.errorsDir().resolve("backfill_errors_" + jobId + ".csv"))
        .hasBinaryContent(errors.bytes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"SAFE", "true", ""})
  void whoeverAsksForAnotherFormIsNotGivenTheExactOne(String form) {
    sessions.addUsers("p@example.com", "v@example.com");
    JsonNode status = client.importFile("sessions.csv", FILE.getBytes(StandardCharsets.UTF_8));
    String errors = "/import/backfill/" + status.path("jobId").asText() + "/errors?spreadsheet=";
    assertProblem(client.get(errors + form), 400, "invalid-parameter", "spreadsheet", "safe");
    assertThat(client.get(errors + "safe").status()).isEqualTo(200);
  }

  @Test
  void hasTheRejectsWithOneCauseOnRequest() {
    sessions.addUsers("p@example.com", "v@example.com");
    String rated = FILE.lines().toList().get(2).replace("S-2", "S-3").replace(",60,,", ",60,9,");
    JsonNode status =
        client.importFile("sessions.csv", (FILE + rated).getBytes(StandardCharsets.UTF_8));
    String errors = "/import/backfill/" + status.path("jobId").asText() + "/errors?cause=";

    assertThat(client.get(errors + "invalid-rating").text().lines().skip(1))
        .singleElement(as(STRING))
        .endsWith(",3,Invalid rating: 9");
    assertThat(client.get(errors + "invalid-duration&spreadsheet=safe").text().lines().skip(1))
        .singleElement(as(STRING))
        .endsWith(",1,Invalid duration: 0");
    assertThat(client.get(errors + "invalid-date").text().lines()).hasSize(1);
    assertProblem(client.get(errors + "nonsense"), 400, "unknown-cause", "invalid-date");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("org.kintell.backfill.testsupport.FileCase#withRejects")
  void canBeUploadedAgainAsItIs(FileCase spec) throws IOException {
    spec.setUp(sessions);
    JsonNode first = client.importFile(spec.fileName(), spec.input());

    JsonNode second = client.importFile("errors.csv", errors(first));
    JsonNode third = client.importFile("errors.csv", errors(second));

    assertThat(second.path("failedRows").asInt()).as(spec.toString()).isEqualTo(spec.rejects());
    assertThat(second.path("successfulRows").asInt()).as(spec.toString()).isZero();
    assertThat(errors(third)).as(spec.toString()).isEqualTo(errors(second));
  }

  private byte[] errors(JsonNode status) {
    return client.errors(status.path("jobId").asText()).bytes();
  }
}
