package org.kintell.backfill.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Multipart;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;

/** What a request says of a file: the time zone of its dates, and the charset of its part. */
@IntegrationTest
class ZonesAndPartCharsetsIT {

  private static final String START = "/import/backfill/start";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void datesWithoutOffsetAreOfTheZoneThatIsNamed() {
    JsonNode end = client.importStarted(upload("timezone=Europe/Kyiv", dated("2024-07-15 10:00")));

    assertThat(end.path("successfulRows").asInt()).as(end.toString()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("scheduled_at", "2024-07-15T07:00:00Z");
    String job = end.path("jobId").asText();
    assertThat(client.get("/import/backfill/" + job + "/report").json().path("timezone").asText())
        .isEqualTo("Europe/Kyiv");
  }

  @Test
  void withoutAZoneTheyAreRejectedAndSayWhatLacks() {
    JsonNode end = client.importFile("x.csv", dated("2024-07-15T10:00:00"));

    String job = end.path("jobId").asText();
    assertThat(client.errors(job).text())
        .endsWith(",1,Invalid date format: 2024-07-15T10:00:00 (no UTC offset)\n");
    assertThat(client.get("/import/backfill/" + job + "/report").json().has("timezone")).isFalse();
  }

  @Test
  void correctedRowsAreOfTheZoneOfTheirFirstJob() {
    byte[] file =
        new String(dated("2024-07-15 10:00"), StandardCharsets.UTF_8)
            .replace(",60,", ",0,")
            .getBytes(StandardCharsets.UTF_8);
    JsonNode end = client.importStarted(upload("timezone=Europe/Kyiv", file));
    String job = end.path("jobId").asText();
    String corrected = client.errors(job).text().replace(",0,", ",60,");

    JsonNode child =
        client.importFile(
            "backfill_errors_" + job + ".csv", corrected.getBytes(StandardCharsets.UTF_8));

    assertThat(child.path("successfulRows").asInt()).as(child.toString()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("scheduled_at", "2024-07-15T07:00:00Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timezone=",
        "timezone=%2B02:00",
        "timezone=Kyiv",
        "timezone=UTC&timezone=Europe/Kyiv"
      })
  void anyOtherZoneIsRefused(String query) {
    assertProblem(
        upload(query, dated("2024-07-15 10:00")), 400, "invalid-parameter", "Europe/Kyiv");
  }

  @ParameterizedTest
  @CsvSource({
    "text/csv; charset=ISO-8859-1,        ISO-8859-1",
    "text/csv;charset=\"windows-1252\", windows-1252",
    "'text/plain; header=present; Charset=latin1', ISO-8859-1",
    "text/csv; charset=us-ascii,          UTF-8",
    "text/csv,                            UTF-8"
  })
  void thePartSaysItsCharset(String contentType, String charset) {
    byte[] file = withText("Ã¼ber", charset);

    JsonNode end =
        client.importStarted(
            client.send(
                new Multipart()
                    .file("sessions.csv", file, "Content-Type: " + contentType)
                    .post(client.request(START))));

    assertThat(end.path("successfulRows").asInt()).as(end.toString()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("feedback_text", "Ã¼ber");
  }

  @Test
  void aParameterCountsBeforeThePart() {
    Answer start =
        client.send(
            new Multipart()
                .file(
                    "x.csv",
                    withText("Größe", "UTF-8"),
                    "Content-Type: text/csv; charset=ISO-8859-1")
                .post(client.request(START + "?charset=UTF-8")));
    assertThat(client.importStarted(start).path("successfulRows").asInt()).isEqualTo(1);
    assertThat(sessions.imported().get(0)).containsEntry("feedback_text", "Größe");
  }

  @Test
  void aCharsetOfThePartThatIsNotKnownIsRefused() {
    assertProblem(
        client.send(
            new Multipart()
                .file("x.csv", withText("x", "UTF-16LE"), "Content-Type: text/csv; charset=utf-16")
                .post(client.request(START))),
        400,
        "unknown-charset");
  }

  private Answer upload(String query, byte[] content) {
    return client.upload(START + "?" + query, "sessions.csv", new ByteArrayInputStream(content));
  }

  private static byte[] dated(String date) {
    return (SessionFiles.HEADER
            + "S-1,Mentorship,%s,%s,%s,60,5,Fine,B1\n"
                .formatted(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER, date))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] withText(String text, String charset) {
    return (SessionFiles.HEADER + SessionFiles.row("S-1", "5").replace("Fine", text))
        .getBytes(Charset.forName(charset));
  }
}
