package org.kintell.backfill.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.csv.Text;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Packed;
import org.kintell.backfill.testsupport.Sessions;
import org.kintell.backfill.testsupport.WorkbookFile;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A corrected error file is uploaded, and its parent job shows the open rejects. */
@IntegrationTest
class CorrectionsIT {

  /** Rows 2, 3 and 5 are bad. */
  private static final String FILE =
      """
      session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level
      S-1,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,,,
      S-2,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,9,"Good, kind",
      S-3,Mentorship,nobody@example.com,v@example.com,2024-01-15T10:00:00Z,60,,,
      S-4,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,,,
      S-1,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,,,
      """;

  private static final List<String> FORMULAS =
      List.of(
          "=1+1",
          "'=1+1",
          "''@SUM(1)",
          "-5 degrees; =1",
          "'quoted'",
          "+380 44; '+1",
          "\uFF1D1",
          "Hello,\r\n-you",
          "'");

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired BackfillSettings settings;

  @BeforeEach
  void addUsers() {
    sessions.addUsers("p@example.com", "v@example.com");
  }

  @Test
  void aCorrectedErrorFileIsKnownByItsNameAndSettlesRejects() {
    String parent = importFile("sessions.csv", FILE);
    assertThat(client.status(parent).json().path("openRejects").asInt()).isEqualTo(3);

    String corrected = client.errors(parent).text().replace(",9,", ",5,");
    Answer start = client.start("backfill_errors_" + parent + ".csv", corrected);

    assertThat(start.json().path("parentJobId").asText()).isEqualTo(parent);
    assertOpen(parent, 3);
    JsonNode child = client.importStarted(start);
    assertThat(child.path("parentJobId").asText()).isEqualTo(parent);
    assertThat(child.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(child.path("failedRows").asInt()).isEqualTo(2);
    assertOpen(parent, 2);
    assertOpen(start.jobId(), 2);
    assertThat(client.status(parent).json().path("failedRows").asInt()).isEqualTo(3);
    assertThat(client.status(parent).json().has("parentJobId")).isFalse();
  }

  /** Each of the two added rows is imported, and no reject. */
  @Test
  void theListKnowsAJobWhoseRejectsWereAllImportedLater() {
    String parent = importFile("sessions.csv", FILE);
    assertThat(listed(parent).has("openRejects")).isFalse();
    String name = "backfill_errors_" + parent + ".csv";
    String errors = client.errors(parent).text();
    importFile(name, errors + more("S-6") + more("S-7") + more("S-8"));
    assertThat(listed(parent).has("openRejects")).isFalse();
    assertOpen(parent, 3);

    sessions.addUsers("nobody@example.com");
    String mended = errors.replace(",9,", ",5,").replace("S-1,", "S-5,");
    String child = importFile(name, mended);
    await().untilAsserted(() -> assertThat(listed(parent).path("openRejects")).hasToString("0"));
    assertOpen(parent, 0);

    client.send(
        client.request("/import/backfill/" + child + "/rollback").POST(BodyPublishers.noBody()));
    await().untilAsserted(() -> assertThat(listed(parent).has("openRejects")).isFalse());
    assertOpen(parent, 3);
  }

  private static String more(String id) {
    return id + ",Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,,,,,\n";
  }

  private JsonNode listed(String job) {
    for (JsonNode one : client.get("/import/backfill").json().path("jobs")) {
      if (one.path("jobId").asText().equals(job)) {
        return one;
      }
    }
    throw new AssertionError(job);
  }

  @Test
  void whatAChildsErrorFileMendsIsMendedInTheFirstJobToo() {
    String first = importFile("sessions.csv", FILE);
    String second =
        importFile(
            "backfill_errors_" + first + ".csv", client.errors(first).text().replace(",9,", ",5,"));
    assertThat(client.errors(second).text()).contains(",2,Participant not found", ",3,Duplicate");

    sessions.addUsers("nobody@example.com");
    String third = importFile("backfill_errors_" + second + ".csv", client.errors(second).text());

    assertThat(client.status(third).json().path("parentJobId").asText()).isEqualTo(second);
    assertOpen(second, 1);
    assertOpen(first, 1);
    String fourth =
        importFile(
            "backfill_errors_" + third + ".csv",
            client.errors(third).text().replace("S-1,", "S-5,"));
    assertThat(client.status(fourth).json().has("openRejects")).isFalse();
    assertOpen(third, 0);
    assertOpen(second, 0);
    assertOpen(first, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "backfill_errors_%s (1).csv",
        "Copy of backfill_errors_%s.csv",
        "backfill_errors_%s_fixed.csv",
        "backfill_errors_%s-2.CSV",
        "C:\\Downloads\\BACKFILL_ERRORS_%s.csv",
        "backfill_errors_%s.csv (backfill_errors_%1$s.csv)",
      })
  void whatPeopleAndBrowsersAddToTheNameDoesNoHarm(String name) {
    String parent = importFile("sessions.csv", FILE);
    Answer start = client.start(name.formatted(parent), client.errors(parent).text());
    assertThat(start.json().path("parentJobId").asText()).isEqualTo(parent);
  }

  /** As a spreadsheet saves it that somebody has opened the file with. */
  @Test
  void aCorrectedErrorFileMayComeBackAsAWorkbook() {
    String parent = importFile("sessions.csv", FILE);
    String corrected = client.errors(parent).text().replace(",9,", ",5,");

    Answer start =
        client.start("backfill_errors_" + parent + ".xlsx", WorkbookFile.ofCsv(corrected));

    assertThat(start.json().path("parentJobId").asText()).isEqualTo(parent);
    JsonNode child = client.importStarted(start);
    assertThat(child.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(child.path("failedRows").asInt()).isEqualTo(2);
    assertOpen(parent, 2);
    assertThat(sessions.imported())
        .filteredOn(session -> session.get("external_session_id").equals("S-2"))
        .singleElement()
        .satisfies(
            session ->
                assertThat(session)
                    .containsEntry("feedback_text", "Good, kind")
                    .containsEntry("rating", "5"));
    sessions.addUsers("nobody@example.com");
    client.importStarted(
        client.start(
            "backfill_errors_" + start.jobId() + ".xlsx",
            WorkbookFile.ofCsv(client.errors(start.jobId()).text().replace("S-1,", "S-5,"))));
    assertOpen(parent, 0);
  }

  @Test
  void theFormForSpreadsheetsComesBackWithoutTheApostrophesThatWereAdded() {
    String parent = importFile("sessions.csv", withFormulas());
    String form = client.get("/import/backfill/" + parent + "/errors?spreadsheet=safe").text();
    assertThat(form).contains("'=1+1,", "''=1+1,", "Hello,'\r\n'-you");

    String name = "backfill_errors_" + parent + ".csv";
    String child = importFile(name, form);
    assertThat(client.errors(child).text()).isEqualTo("\ufeff" + client.errors(parent).text());

    JsonNode end =
        client.importFile(name, form.replace(",60,9,", ",60,5,").getBytes(StandardCharsets.UTF_8));
    assertThat(end.path("failedRows").asInt()).isZero();
    assertThat(sessions.imported().stream().map(session -> session.get("feedback_text")))
        .containsExactlyElementsOf(FORMULAS);
    assertOpen(parent, 0);
  }

  @Test
  void anApostropheInTheExactErrorFileIsOfTheFile() {
    String parent = importFile("sessions.csv", withFormulas());
    importFile(
        "backfill_errors_" + parent + ".csv",
        client.errors(parent).text().replace(",60,9,", ",60,5,"));
    assertThat(sessions.imported().stream().map(session -> session.get("feedback_text")))
        .containsExactlyElementsOf(FORMULAS);
  }

  private static String withFormulas() {
    StringBuilder file = new StringBuilder(FILE.lines().findFirst().orElseThrow()).append('\n');
    for (int i = 0; i < FORMULAS.size(); i++) {
      file.append(
          "F-%d,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,9,%s,\n"
              .formatted(i, Text.quoted(FORMULAS.get(i), ',')));
    }
    return file.toString();
  }

  @Test
  void aPackedErrorFileIsKnownToo() {
    String parent = importFile("sessions.csv", FILE);
    byte[] corrected = client.errors(parent).text().replace(",9,", ",5,").getBytes();
    client.importStarted(
        client.start("backfill_errors_" + parent + ".csv.gz", Packed.gzip(corrected)));
    assertOpen(parent, 2);
  }

  @Test
  void aCorrectedErrorFileCanBeDroppedIntoTheInbox() throws IOException {
    String parent = importFile("sessions.csv", FILE);
    Path part = settings.inboxDir().resolve(parent + ".part");
    Files.writeString(part, client.errors(parent).text().replace(",9,", ",5,"));
    Files.move(part, settings.inboxDir().resolve("backfill_errors_" + parent + ".csv"));
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertOpen(parent, 2));
  }

  @Test
  void aNameThatSaysNothingCertainMakesAnOrdinaryJob() {
    String parent = importFile("sessions.csv", FILE);
    String other = importFile("sessions.csv", FILE);
    String errors = client.errors(parent).text();
    for (String name :
        new String[] {
          "backfill_errors_00000000-0000-4000-8000-000000000000.csv",
          "backfill_errors_%s_and_backfill_errors_%s.csv".formatted(parent, other),
          "backfill_errors_" + parent + "0.csv",
          "backfill_errors_" + parent.substring(1) + ".csv",
          "errors.csv"
        }) {
      Answer start = client.start(name, errors);
      assertThat(start.status()).as(name).isEqualTo(201);
      assertThat(start.json().has("parentJobId")).as(name).isFalse();
      assertThat(start.json().path("message").asText())
          .as(name)
          .contains("columns of an error file", "backfill_errors_<jobId>.csv", "?parentJobId=");
    }
    assertThat(client.start("errors.csv", FILE).json().path("message").asText())
        .isEqualTo("Backfill job created. Call resume endpoint to start processing.");
  }

  @Test
  void theParentCanBeNamedInTheRequest() {
    String parent = importFile("sessions.csv", FILE);
    String other = importFile("sessions.csv", FILE);
    String corrected = client.errors(parent).text().replace(",9,", ",5,");

    String child =
        client.start(
            "/import/backfill/start?parentJobId=" + parent,
            corrected.getBytes(StandardCharsets.UTF_8),
            201);
    client.resume(child);
    assertOpen(parent, 2);

    Answer named =
        upload("?autostart=true&parentJobId=" + parent, "backfill_errors_" + other + ".csv");
    assertThat(named.status()).isEqualTo(202);
    assertThat(named.json().path("parentJobId").asText()).isEqualTo(parent);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> client.status(named.jobId()).json().path("status").asText().equals("completed"));
  }

  @Test
  void aParentThatDoesNotExistIsRefusedAndNothingIsCreated() {
    assertProblem(
        upload("?parentJobId=00000000-0000-4000-8000-000000000000", "x.csv"), 404, "unknown-job");
    for (String malformed : new String[] {"", "42", "job-uuid", "%3Cscript%3E"}) {
      assertProblem(
          upload("?parentJobId=" + malformed, "x.csv"), 400, "invalid-parameter", "parentJobId");
    }
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single()).isZero();
  }

  @Test
  void onlyNumbersOfRejectsCount() {
    String parent = importFile("sessions.csv", FILE);
    String header =
        "_ERROR_ROW,"
            + FILE.lines().findFirst().orElseThrow().replace("rating", "rating,_error_message");
    String row = "%s,%s,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,5,,,\n";

    String child =
        importFile(
            "backfill_errors_" + parent + ".csv",
            header
                + "\n"
                + row.formatted("1", "N-1")
                + row.formatted("99", "N-2")
                + row.formatted("", "N-3")
                + row.formatted("two", "N-4")
                + row.formatted("9".repeat(30), "N-5")
                + row.formatted("\" 2 \"", "N-6")
                + row.formatted("2", "N-7"));

    assertThat(client.status(child).json().path("successfulRows").asInt()).isEqualTo(7);
    assertOpen(parent, 2);
  }

  @Test
  void aFileWithoutNumbersIsAChildThatSettlesNothing() {
    String parent = importFile("sessions.csv", FILE);
    String child =
        client.start(
            "/import/backfill/start?parentJobId=" + parent,
            FILE.replace("S-", "N-").getBytes(StandardCharsets.UTF_8),
            201);
    client.resume(child);
    assertThat(client.status(child).json().path("parentJobId").asText()).isEqualTo(parent);
    assertOpen(parent, 3);
  }

  @Test
  void sessionsThatAreDeletedOpenTheirRejectsAgain() {
    String parent = importFile("sessions.csv", FILE);
    importFile(
        "backfill_errors_" + parent + ".csv", client.errors(parent).text().replace(",9,", ",5,"));
    assertOpen(parent, 2);
    jdbc.sql("DELETE FROM kintell_sessions WHERE external_session_id = 'S-2'").update();
    assertOpen(parent, 3);
  }

  private Answer upload(String parameters, String name) {
    return client.upload(
        "/import/backfill/start" + parameters,
        name,
        new ByteArrayInputStream(FILE.getBytes(StandardCharsets.UTF_8)));
  }

  private String importFile(String name, String content) {
    return client.importFile(name, content.getBytes(StandardCharsets.UTF_8)).path("jobId").asText();
  }

  private void assertOpen(String job, int open) {
    assertThat(client.status(job).json().path("openRejects").asInt(-1)).isEqualTo(open);
  }
}
