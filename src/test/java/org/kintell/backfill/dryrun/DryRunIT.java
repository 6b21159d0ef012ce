package org.kintell.backfill.dryrun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A dry run predicts an import, and leaves no data. */
@IntegrationTest
@ExtendWith(OutputCaptureExtension.class)
class DryRunIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String VALIDATE = "/import/backfill/validate";
  private static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level\n";
  private static final String ROW = "%s,Mentorship,%s,%s,2024-01-15T10:00:00Z,60,%s,,\n";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired BackfillSettings settings;
  @Autowired TransactionTemplate transaction;

  @BeforeEach
  void addUsers() {
    sessions.addUsers("p@example.com", "v@example.com");
  }

  private static String row(String id, String participant, String volunteer, String rating) {
    return ROW.formatted(id, participant, volunteer, rating);
  }

  private static String good(String id) {
    return row(id, "p@example.com", "v@example.com", "5");
  }

  @Test
  void saysWhatAnImportWouldDo(CapturedOutput log) {
    sessions.add("S-9", "p@example.com", "v@example.com");
    String file =
        HEADER
            + good("S-1")
            + row("S-2", "erik@example.com", "v@example.com", "5")
            + row("S-3", "Erik@example.com", "maria@example.com", "9")
            + good("S-1")
            + good("S-9")
            + good("S-9")
            + row("S-7", "", "", "5")
            + "S-8,too,few\n"
            + row("S-10", "maria@example.com", "maria@example.com", "5");

    Answer answer = validate(file);

    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    JsonNode report = answer.json();
    assertThat(report.path("fileName").asText()).isEqualTo("sessions.csv");
    assertThat(report.path("totalRows").asInt()).isEqualTo(9);
    assertThat(report.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(report.path("failedRows").asInt()).isEqualTo(8);
    assertThat(report.path("faults"))
        .extracting(fault -> fault.path("cause").asText() + " " + fault.path("rows").asInt())
        .containsExactly(
            "duplicate-session-id 3",
            "participant-not-found 3",
            "volunteer-not-found 2",
            "column-count-mismatch 1",
            "invalid-rating 1",
            "missing-value 1");
    assertThat(report.at("/faults/1/first"))
        .extracting(row -> row.path("row").asInt() + " " + row.path("message").asText())
        .containsExactly(
            "2 Participant not found: erik@example.com",
            "3 Participant not found: Erik@example.com",
            "9 Participant not found: maria@example.com");
    assertThat(report.at("/faults/5/first/0/message").asText())
        .isEqualTo("Missing participant_email; Missing volunteer_email");
    assertThat(report.at("/faults/1/messages")).isEmpty();
    assertThat(report.at("/faults/5/messages").toString())
        .isEqualTo(
            "[{\"message\":\"Missing participant_email; Missing volunteer_email\",\"rows\":1}]");
    assertThat(report.path("emailsNotFound").toString().replace("Erik", "erik"))
        .isEqualTo(
            "[{\"email\":\"erik@example.com\",\"rows\":2,\"roles\":[\"participant\"]},"
                + "{\"email\":\"maria@example.com\",\"rows\":2,\"roles\":[\"participant\",\"volunteer\"]}]");
    assertThat(report.path("emailsNotFoundTotal").asInt()).isEqualTo(2);
    assertThat(report.path("duplicates").toString())
        .isEqualTo(
            "{\"inFile\":{\"rows\":1,\"first\":[4]},\"inDatabase\":{\"rows\":2,\"first\":[5,6]}}");
    assertNothingIsLeft();
    assertThat(sessions.ids()).containsExactly("S-9");
    assertThat(log).doesNotContain("erik@", "maria@", "S-10");
  }

  @Test
  void theAddressesAreSafeForASpreadsheetWhereAskedFor() {
    String file = HEADER + row("S-1", "=1+1@example.com", "\"\"\"a;=2\"\"@example.com\"", "5");

    assertThat(validate(file, "text/csv").text()).contains("\n=1+1@example.com,1,participant\n");

    Answer safe =
        client.send(
            client
                .uploadRequest(
                    "/import/backfill/validate?spreadsheet=safe",
                    "sessions.csv",
                    new ByteArrayInputStream(file.getBytes(StandardCharsets.UTF_8)))
                .header("Accept", "text/csv"));
    assertThat(safe.text())
        .contains("\n'=1+1@example.com,1,participant\n", "\"a;'=2\"\"@example.com\",1,volunteer\n");
  }

  @Test
  void theAddressesComeAsCsvToo() {
    String file =
        HEADER
            + row("S-1", "erik@example.com", "v@example.com", "5")
            + row("S-2", "\"\"\"a,b\"\"@example.com\"", "erik@example.com", "5");

    Answer csv = validate(file, "text/csv");

    assertThat(csv.status()).as(csv.text()).isEqualTo(200);
    assertThat(csv.header("Content-Type")).startsWithIgnoringCase("text/csv");
    assertThat(csv.text())
        .isEqualTo(
            """
            email,rows,roles
            erik@example.com,2,participant volunteer
            ""\"a,b""@example.com",1,participant
            """);
    assertThat(validate(file, "text/csv;q=0.5, application/json").json().has("faults")).isTrue();
    assertThat(validate(file, "*/*").json().has("faults")).isTrue();
    assertThat(validate(file, "text/*").text()).startsWith("email,rows,roles\n");
    assertProblem(validate(file, "image/png"), 406, "not-acceptable");
    assertProblem(validate("", "text/csv"), 400, "empty-file");
    assertNothingIsLeft();
  }

  @Test
  void ofManyAddressesTheReportHasAThousandAndTheCsvAll() {
    String file =
        IntStream.range(0, 1_500)
            .mapToObj(i -> row("S-" + i, "user" + i + "@example.com", "v@example.com", "5"))
            .collect(Collectors.joining("", HEADER, ""));
    JsonNode report = validate(file).json();
    assertThat(report.path("emailsNotFound")).hasSize(1_000);
    assertThat(report.path("emailsNotFoundTotal").asInt()).isEqualTo(1_500);
    assertThat(report.at("/faults/0/rows").asInt()).isEqualTo(1_500);
    assertThat(report.at("/faults/0/first")).hasSize(10);
    assertThat(validate(file, "text/csv").text().lines()).hasSize(1_501);
  }

  @Test
  void aValueThatTheTableWouldRefuseIsFoundOut() {
    jdbc.sql(
            "ALTER TABLE kintell_sessions ADD CONSTRAINT no_57 CHECK (external_session_id <> 'S-57')")
        .update();
    try {
      sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
      JsonNode report =
          validate(new String(SessionFiles.good(1000), StandardCharsets.UTF_8)).json();
      assertThat(report.path("successfulRows").asInt()).isEqualTo(999);
      assertThat(report.at("/faults/0/first").toString())
          .isEqualTo("[{\"row\":57,\"message\":\"Cannot be stored: violates constraint no_57\"}]");
    } finally {
      jdbc.sql("ALTER TABLE kintell_sessions DROP CONSTRAINT no_57").update();
    }
  }

  @Test
  void aFileWithoutRowsWouldDoNothing() {
    JsonNode report = validate(HEADER).json();
    assertThat(report.path("totalRows").asInt()).isZero();
    assertThat(report.path("faults")).isEmpty();
    assertThat(report.at("/duplicates/inFile/rows").asInt()).isZero();
    assertNothingIsLeft();
  }

  @Test
  void badInputIsRefusedAsByStart() {
    assertProblem(validate(""), 400, "empty-file");
    assertProblem(validate("session_id,date\nS-1,x\n"), 400, "missing-columns", "rating");
    assertProblem(validate("\u0089PNG\r\n"), 400, "missing-columns");
    assertProblem(post("", null), 400, "no-file-part");
    assertProblem(post("--b--\r\n", "multipart/form-data; boundary=b"), 400, "no-file-part");
    assertProblem(post(HEADER, "text/csv"), 415, "not-multipart");
    assertProblem(client.get(VALIDATE), 405, "method-not-allowed", "POST");
    assertNothingIsLeft();
  }

  @Test
  void aDryRunIsNoJobForAnybodyElseAndEndsAlsoWhenNobodyWaits() {
    CompletableFuture<Answer> waiting =
        transaction.execute(
            status -> {
              holdUpChunks();
              assertThatThrownBy(
                      () ->
                          client.send(
                              client
                                  .uploadRequest(VALIDATE, "x.csv", stream(HEADER + good("S-1")))
                                  .timeout(Duration.ofSeconds(3))))
                  .isInstanceOf(UncheckedIOException.class);
              UUID id = awaitRunning();
              assertThat(milestones(id)).isZero();
              assertProblem(client.status(id.toString()), 404, "unknown-job");
              assertProblem(client.resume(id.toString()), 404, "unknown-job");
              return CompletableFuture.supplyAsync(() -> validate(HEADER + good("S-1")));
            });

    assertThat(waiting.join().status()).isEqualTo(200);
    await().atMost(PATIENCE).untilAsserted(this::assertNothingIsLeft);
  }

  @Test
  void aDryRunThatIsStoppedSaysSo() {
    CompletableFuture<Answer> waiting =
        CompletableFuture.supplyAsync(
                () ->
                    transaction.execute(
                        status -> {
                          holdUpChunks();
                          CompletableFuture<Answer> answer =
                              CompletableFuture.supplyAsync(() -> validate(HEADER + good("S-1")));
                          UUID id = awaitRunning();
                          jdbc.sql("UPDATE backfill_jobs SET status = 'failed' WHERE id = ?")
                              .param(id)
                              .update();
                          return answer;
                        }))
            .thenCompose(answer -> answer);

    assertProblem(waiting.join(), 500, "dry-run-stopped", "Nothing was imported");
    await().atMost(PATIENCE).untilAsserted(this::assertNothingIsLeft);
  }

  @Test
  void dryRunsOfADeadProcessAreRemoved(@TempDir Path data) {
    try (Database database = RealParts.newDatabase()) {
      String dataFolder = "--backfill.data-dir=" + data;
      String job;
      try (ServiceInThisJvm before = new ServiceInThisJvm(database, dataFolder)) {
        job = before.client().start("x.csv", HEADER + good("S-1")).jobId();
      }
      Path upload = data.resolve("uploads/" + job + ".csv");
      assertThat(upload).exists();
      // As after a kill in the middle of a dry run.
      database
          .jdbc()
          .sql(
              """
              UPDATE backfill_jobs
                 SET dry_run = true, owner = 4711, status = 'running', queued_at = now()
              """)
          .update();
      database
          .jdbc()
          .sql("INSERT INTO backfill_dry_run_sessions SELECT id, 'S-1' FROM backfill_jobs")
          .update();

      try (ServiceInThisJvm service = new ServiceInThisJvm(database, dataFolder)) {
        await().atMost(PATIENCE).untilAsserted(() -> assertNothingIsLeft(database.jdbc()));
        assertThat(upload).doesNotExist();
        assertThat(database.sessions().ids()).isEmpty();
        assertThat(service.client().status(job).status()).isEqualTo(404);
      }
    }
  }

  private void holdUpChunks() {
    jdbc.sql("LOCK TABLE backfill_dry_run_sessions IN SHARE ROW EXCLUSIVE MODE").update();
  }

  private UUID awaitRunning() {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                jdbc.sql("SELECT count(*) FROM backfill_jobs WHERE dry_run AND status = 'running'")
                        .query(Long.class)
                        .single()
                    == 1);
    return jdbc.sql("SELECT id FROM backfill_jobs WHERE dry_run").query(UUID.class).single();
  }

  private long milestones(UUID id) {
    return jdbc.sql("SELECT cardinality(milestones) FROM backfill_jobs WHERE id = ?")
        .param(id)
        .query(Long.class)
        .single();
  }

  private static void assertNothingIsLeft(JdbcClient jdbc) {
    for (String table :
        new String[] {
          "backfill_jobs",
          "backfill_chunks",
          "backfill_rejects",
          "backfill_dry_run_sessions",
          "backfill_dry_run_faults"
        }) {
      assertThat(jdbc.sql("SELECT count(*) FROM " + table).query(Long.class).single())
          .as(table)
          .isZero();
    }
  }

  private void assertNothingIsLeft() {
    assertNothingIsLeft(jdbc);
    try (Stream<Path> stored = Files.list(settings.dataDir().resolve("uploads"))) {
      assertThat(stored.filter(this::isNew)).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Other tests leave their files; those of a job of this test would be in no table. */
  private boolean isNew(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis() > begin;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private final long begin = System.currentTimeMillis();

  private Answer validate(String content) {
    return client.upload(VALIDATE, "sessions.csv", stream(content));
  }

  private Answer validate(String content, String accept) {
    return client.send(
        client.uploadRequest(VALIDATE, "sessions.csv", stream(content)).header("Accept", accept));
  }

  private Answer post(String body, String contentType) {
    var request = client.request(VALIDATE).POST(BodyPublishers.ofString(body));
    return client.send(contentType == null ? request : request.header("Content-Type", contentType));
  }

  private static ByteArrayInputStream stream(String content) {
    return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
  }
}
