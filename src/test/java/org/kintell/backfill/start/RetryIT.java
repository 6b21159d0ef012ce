package org.kintell.backfill.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rejects are retried without an upload, after the missing users were created. */
@IntegrationTest
class RetryIT {

  private static final String HEADER =
      "session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level\n";

  /** Rows 2, 3 and 4 are bad. */
  private static final String FILE =
      HEADER
          + """
            S-1,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,,,
            S-2,Mentorship,erik@example.com,v@example.com,2024-01-15T10:00:00Z,60,,"Two lines,
            ""quoted""\",
            S-3,Mentorship,p@example.com,maria@example.com,2024-01-15T10:00:00Z,60,,,
            S-4,Mentorship,erik@example.com,v@example.com,2024-01-15T10:00:00Z,60,9,,
            """;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired BackfillSettings settings;

  @BeforeEach
  void addUsers() {
    sessions.addUsers("p@example.com", "v@example.com");
  }

  @Test
  void allRejectsAreTriedAgainAfterTheUsersWereCreated() {
    String parent = importFile(FILE);
    sessions.addUsers("erik@example.com", "maria@example.com");

    Answer retry = retry(parent, "");

    assertThat(retry.status()).as(retry.text()).isEqualTo(202);
    assertThat(retry.header("Location")).isEqualTo("/import/backfill/" + retry.jobId() + "/status");
    assertThat(retry.json().path("parentJobId").asText()).isEqualTo(parent);
    assertThat(retry.json().path("totalRows").asInt()).isEqualTo(3);
    assertThat(retry.json().path("status").asText()).isIn("pending", "running", "completed");
    JsonNode end = awaitEnd(retry.jobId());
    assertThat(end.path("fileName").asText()).isEqualTo("backfill_errors_" + parent + ".csv");
    assertThat(end.path("successfulRows").asInt()).isEqualTo(2);
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-1", "S-2", "S-3");
    assertThat(sessions.imported())
        .anySatisfy(
            session ->
                assertThat(session.get("feedback_text")).isEqualTo("Two lines,\n\"quoted\""));
    assertOpen(parent, 1);
    assertThat(client.errors(retry.jobId()).text()).endsWith(",9,,,3,Invalid rating: 9\n");
  }

  @Test
  void onlyTheRejectsOfACauseAreTriedAgain() {
    String parent = importFile(FILE);
    sessions.addUsers("erik@example.com", "maria@example.com");

    JsonNode volunteers = awaitEnd(retry(parent, "?cause=volunteer-not-found").jobId());
    assertThat(volunteers.path("totalRows").asInt()).isEqualTo(1);
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-1", "S-3");

    JsonNode participants =
        awaitEnd(retry(parent, "?cause=participant-not-found&cause=volunteer-not-found").jobId());
    assertThat(participants.path("totalRows").asInt()).isEqualTo(2);
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-1", "S-2", "S-3");
    assertOpen(parent, 1);
    assertProblem(
        retry(parent, "?cause=volunteer-not-found"), 409, "nothing-to-retry", "volunteer");
  }

  @Test
  void whenAllIsSettledThereIsNothingToRetry() {
    String parent = importFile(FILE.replace(",9,", ",5,"));
    sessions.addUsers("erik@example.com", "maria@example.com");
    String child = retry(parent, "").jobId();
    awaitEnd(child);

    assertOpen(parent, 0);
    assertProblem(retry(parent, ""), 409, "nothing-to-retry");
    assertProblem(retry(child, ""), 409, "nothing-to-retry");
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single())
        .isEqualTo(2);
  }

  @Test
  void aRetryThatWasTooEarlyCanBeRepeatedFromEitherJob() {
    String parent = importFile(FILE);
    String child = retry(parent, "").jobId();
    assertThat(awaitEnd(child).path("failedRows").asInt()).isEqualTo(3);
    assertOpen(parent, 3);

    sessions.addUsers("erik@example.com");
    awaitEnd(retry(child, "?cause=participant-not-found").jobId());
    assertOpen(parent, 2);
    assertOpen(child, 2);

    sessions.addUsers("maria@example.com");
    awaitEnd(retry(parent, "").jobId());
    assertOpen(parent, 1);
    assertOpen(child, 2);
  }

  @Test
  void retriesAtTheSameMomentMakeOneJob() {
    String parent = importFile(new String(SessionFiles.good(2000), StandardCharsets.UTF_8));
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);

    List<Answer> retries =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> retry(parent, "")))
            .limit(6)
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();

    assertThat(retries).filteredOn(retry -> retry.status() == 202).hasSize(1);
    assertThat(retries)
        .filteredOn(retry -> retry.status() != 202)
        .allSatisfy(retry -> assertProblem(retry, 409, "nothing-to-retry"));
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single())
        .isEqualTo(2);
    String child =
        retries.stream().filter(retry -> retry.status() == 202).findFirst().orElseThrow().jobId();
    assertThat(awaitEnd(child).path("failedRows").asInt()).isZero();
    assertThat(sessions.ids()).hasSize(2000);
    assertOpen(parent, 0);
  }

  /** The child's rejects are the parent's; the rows are the same. */
  @Test
  void retriesOfParentAndChildAtTheSameMomentMakeOneJob() {
    String parent = importFile(new String(SessionFiles.good(500), StandardCharsets.UTF_8));
    String child = retry(parent, "").jobId();
    String grandchild = retryWhenOver(child);
    awaitEnd(grandchild);
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);

    List<Answer> retries =
        Stream.of(parent, child, grandchild, parent, child, grandchild)
            .map(job -> CompletableFuture.supplyAsync(() -> retry(job, "")))
            .toList()
            .stream()
            .map(CompletableFuture::join)
            .toList();

    assertThat(retries).filteredOn(retry -> retry.status() == 202).hasSize(1);
    assertThat(retries)
        .filteredOn(retry -> retry.status() != 202)
        .allSatisfy(retry -> assertProblem(retry, 409, "nothing-to-retry"));
    String last =
        retries.stream().filter(retry -> retry.status() == 202).findFirst().orElseThrow().jobId();
    assertThat(awaitEnd(last).path("failedRows").asInt()).isZero();
    assertOpen(parent, 0);
    for (String job : List.of(parent, child, grandchild)) {
      assertProblem(retry(job, ""), 409, "nothing-to-retry");
    }
  }

  /** A paused ancestor has not taken its own rejects. */
  @Test
  void theRejectsOfAPausedJobCanBeRetriedThoughTheyAreItsParents() {
    String parent = importFile(FILE);
    String child = retry(parent, "").jobId();
    awaitEnd(child);
    jdbc.sql(
            """
            DO $$ BEGIN
              SET LOCAL session_replication_role = replica;
              UPDATE backfill_jobs SET status = 'paused' WHERE id = '%s';
            END $$
            """
                .formatted(child))
        .update();
    sessions.addUsers("erik@example.com", "maria@example.com");

    assertThat(awaitEnd(retry(child, "").jobId()).path("successfulRows").asInt()).isEqualTo(2);
    assertOpen(parent, 1);
  }

  private String retryWhenOver(String job) {
    awaitEnd(job);
    return retry(job, "").jobId();
  }

  @Test
  void aCorrectedErrorFileThatWaitsHoldsItsRows() {
    String parent = importFile(FILE);
    String child =
        client.start("backfill_errors_" + parent + ".csv", client.errors(parent).text()).jobId();
    assertProblem(retry(parent, ""), 409, "nothing-to-retry");

    client.resume(child);

    Answer retry = retry(parent, "");
    assertThat(retry.status()).isEqualTo(202);
    awaitEnd(retry.jobId());
  }

  @Test
  void aRowWithBrokenQuotingSwallowsNoOther() {
    String broken =
        HEADER
            + """
              S-1,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,,"Never closed,
              S-2,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,,"Good",
              S-3,Mentorship,erik@example.com,v@example.com,2024-01-15T10:00:00Z,60,,5",
              S-4,Mentorship,p@example.com
              """;
    String parent = importFile(broken);
    assertOpen(parent, 3);
    sessions.addUsers("erik@example.com");

    JsonNode end = awaitEnd(retry(parent, "").jobId());

    assertThat(end.path("totalRows").asInt()).isEqualTo(3);
    assertThat(sessions.ids()).containsExactlyInAnyOrder("S-2", "S-3");
    assertOpen(parent, 2);
  }

  @Test
  void aRowTooLongToBeKeptIsReadFromTheStoredFile() {
    String parent = importFile(tooLong());

    String child = retry(parent, "?cause=row-too-long").jobId();

    assertThat(awaitEnd(child).path("failedRows").asInt()).isEqualTo(1);
    assertThat(client.errors(child).bytes()).isEqualTo(client.errors(parent).bytes());
    assertThat(jdbc.sql("SELECT ancestor_row FROM backfill_origins").query(Long.class).list())
        .containsExactly(1L);
  }

  /** Rows follow the unavailable one, and the database is sending them by then. */
  @Test
  void aRetryThatBreaksOffDisturbsNobody() throws IOException {
    String parent = importFile(tooLong() + FILE.substring(HEADER.length()).repeat(500));
    Files.delete(settings.dataDir().resolve("uploads").resolve(parent + ".csv"));

    for (int i = 0; i < 30; i++) {
      assertProblem(retry(parent, ""), 409, "stored-file-gone", parent);
      JsonNode status = client.status(parent).json();
      assertThat(status.path("jobId").asText()).isEqualTo(parent);
      assertThat(status.path("totalRows").asInt()).isEqualTo(2001);
    }
  }

  @Test
  void semicolonsAndCarriageReturnsStay() {
    String file = FILE.replace(',', ';').replace("\n", "\r\n");
    String parent = importFile(file);
    String child = retry(parent, "").jobId();
    awaitEnd(child);
    assertThat(withoutNumbers(client.errors(child).text()))
        .isEqualTo(withoutNumbers(client.errors(parent).text()))
        .contains("\r\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?cause=nonsense", "?cause=", "?cause=participant-not-found,nonsense"})
  void anUnknownCauseIsRefusedAndTheKnownOnesAreListed(String parameters) {
    String parent = importFile(FILE);
    String[] known = Arrays.stream(Rule.values()).map(Rule::cause).toArray(String[]::new);
    assertProblem(retry(parent, parameters), 400, "unknown-cause", known);
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single())
        .isEqualTo(1);
  }

  @Test
  void aJobThatRunsOrWasUndoneIsNotRetried() {
    for (String status : new String[] {"running", "rolled_back"}) {
      String job = client.start("sessions.csv", FILE).jobId();
      jdbc.sql("UPDATE backfill_jobs SET status = ? WHERE id = CAST(? AS uuid)")
          .params(status, job)
          .update();
      assertProblem(retry(job, ""), 409, "wrong-state", status);
    }
  }

  @Test
  void aJobWithoutRejectsHasNothingToRetry() {
    String pending = client.start("x.csv", FILE).jobId();
    assertProblem(retry(pending, ""), 409, "nothing-to-retry", pending);
    assertProblem(retry("00000000-0000-4000-8000-000000000000", ""), 404, "unknown-job");
    assertProblem(retry("job-uuid", ""), 404, "unknown-job");
    assertProblem(
        client.get("/import/backfill/" + pending + "/retry"), 405, "method-not-allowed", "POST");
  }

  private static String tooLong() {
    return HEADER
        + "S-0,Mentorship,p@example.com,v@example.com,2024-01-15T10:00:00Z,60,,%s,\n"
            .formatted("x".repeat(16 * 1024 * 1024 + 1));
  }

  private Answer retry(String job, String parameters) {
    return client.send(
        client
            .request("/import/backfill/" + job + "/retry" + parameters)
            .POST(BodyPublishers.noBody()));
  }

  private JsonNode awaitEnd(String job) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> client.status(job).json().path("status").asText().equals("completed"));
    return client.status(job).json();
  }

  private String importFile(String content) {
    return client
        .importFile("sessions.csv", content.getBytes(StandardCharsets.UTF_8))
        .path("jobId")
        .asText();
  }

  private static String withoutNumbers(String errors) {
    return errors
        .lines()
        .map(line -> line.replaceAll(";\\d+;", ";N;"))
        .collect(Collectors.joining("\r\n"));
  }

  private void assertOpen(String job, int open) {
    assertThat(client.status(job).json().path("openRejects").asInt(-1)).isEqualTo(open);
  }
}
