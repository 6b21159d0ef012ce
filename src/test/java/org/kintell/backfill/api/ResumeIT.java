package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Interruption;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A stopped job continues where it was, with the same result. */
@IntegrationTest
@Chunks(rows = 5)
@ExtendWith(OutputCaptureExtension.class)
class ResumeIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
  }

  @ParameterizedTest
  @CsvSource({"0, false", "7, true", "19, false", "21, true"})
  void anInterruptedJobEndsAsIfNothingHadHappened(int chunkNo, boolean withFile) {
    GeneratedFile file = GeneratedFile.of(100, chunkNo);
    String job = client.start("x.csv", file.bytes()).jobId();
    Answer interrupted = Interruption.at(jdbc, chunkNo, () -> client.resume(job));
    assertThat(status(interrupted)).isEqualTo("failed");
    assertThat(importedRows()).isLessThan(file.sessions().size() + 1L);

    Answer end = withFile ? client.resume(job, "again.csv", file.bytes()) : client.resume(job);

    assertThat(end.status()).isEqualTo(200);
    assertEndedWell(job, file);
  }

  @Test
  void aJobSetToFailedAgainAndAgainEndsWell() {
    GeneratedFile file = GeneratedFile.of(4000, 42);
    String job = client.start("x.csv", file.bytes()).jobId();
    for (int i = 0; i < 8; i++) {
      long before = importedRows();
      resumeWithoutWaiting(job);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(5))
          .until(() -> importedRows() > before + 20);
      jdbc.sql("UPDATE backfill_jobs SET status = 'failed' WHERE id = '" + job + "'").update();
    }
    assertThat(client.resume(job).status()).isEqualTo(200);
    assertEndedWell(job, file);
  }

  @Test
  void resumesAtTheSameTimeMakeOneRun(CapturedOutput log) {
    GeneratedFile file = GeneratedFile.of(500, 7);
    String job = client.start("x.csv", file.bytes()).jobId();
    List<CompletableFuture<Answer>> resumes =
        Stream.generate(() -> CompletableFuture.supplyAsync(() -> client.resume(job)))
            .limit(4)
            .toList();
    for (CompletableFuture<Answer> resume : resumes) {
      // A request after the end gets the completed job.
      assertThat(resume.join().status()).isIn(200, 409);
    }
    assertEndedWell(job, file);
    assertThat(Pattern.compile("Job running, jobId: " + job).matcher(log).results()).hasSize(1);
  }

  @Test
  void aResumeNeedNotWait() {
    GeneratedFile file = GeneratedFile.of(2000, 8);
    String job = client.start("x.csv", file.bytes()).jobId();
    Answer first = resumeWithoutWaiting(job);
    assertThat(first.status()).isEqualTo(202);
    assertThat(status(first)).isIn("pending", "running");
    assertThat(resumeWithoutWaiting(job).status()).isIn(202, 200, 409);
    await().atMost(PATIENCE).until(() -> status(client.status(job)).equals("completed"));
    assertEndedWell(job, file);
  }

  @Test
  void countsAddUpWhileTheJobRuns() {
    GeneratedFile file = GeneratedFile.of(3000, 9);
    String job = client.start("x.csv", file.bytes()).jobId();
    resumeWithoutWaiting(job);
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              JsonNode now = client.status(job).json();
              long processed = now.path("processedRows").asLong();
              assertThat(processed)
                  .isEqualTo(now.path("successfulRows").asLong() + now.path("failedRows").asLong());
              double percent = now.path("percentComplete").asDouble();
              boolean over = now.path("status").asText().equals("completed");
              assertThat(percent).isBetween(0.0, over ? 100.0 : 99.99);
              assertThat(now.has("errorFilePath")).isEqualTo(now.path("failedRows").asLong() > 0);
              return over;
            });
    assertEndedWell(job, file);
  }

  @Test
  void sessionsDeletedByHandAreNotFought() {
    GeneratedFile file = GeneratedFile.of(100, 10);
    String job = client.start("x.csv", file.bytes()).jobId();
    assertThat(client.resume(job).status()).isEqualTo(200);
    int deleted = jdbc.sql("DELETE FROM kintell_sessions WHERE source_row > 50").update();
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed' WHERE id = '" + job + "'").update();

    for (Answer resume : List.of(client.resume(job), client.resume(job, "x.csv", file.bytes()))) {
      assertProblem(resume, 409, "sessions-removed", Integer.toString(deleted), "as a new job");
    }
    assertThat(status(client.status(job))).isEqualTo("failed");
    jdbc.sql("DELETE FROM kintell_sessions").update();
    assertThat(client.importFile("x.csv", file.bytes()).path("successfulRows").asLong())
        .isEqualTo(file.sessions().size());
  }

  @Test
  void aCompletedJobSetToFailedHasNothingLeftToDo() {
    GeneratedFile file = GeneratedFile.of(100, 11);
    String job = client.importFile("x.csv", file.bytes()).path("jobId").asText();
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed' WHERE id = '" + job + "'").update();
    assertThat(client.status(job).json().path("message").asText())
        .startsWith("Set to failed by hand.")
        .contains("resume", "rollback");
    assertThat(client.resume(job).status()).isEqualTo(200);
    assertThat(client.status(job).json().has("message")).isFalse();
    assertEndedWell(job, file);
  }

  @ParameterizedTest
  @CsvSource({"cancelled", "rolled_back"})
  void aJobThatWasGivenUpIsNotResumed(String status) {
    String job = client.start("x.csv", GeneratedFile.of(10, 12).bytes()).jobId();
    jdbc.sql("UPDATE backfill_jobs SET status = '" + status + "' WHERE id = '" + job + "'")
        .update();
    assertProblem(client.resume(job), 409, "wrong-state", status, "as a new job");
  }

  private Answer resumeWithoutWaiting(String job) {
    return client.send(
        client
            .request("/import/backfill/" + job + "/resume")
            .header("Prefer", "wait=0")
            .POST(BodyPublishers.noBody()));
  }

  private static String status(Answer answer) {
    return answer.json().path("status").asText();
  }

  private long importedRows() {
    return jdbc.sql("SELECT count(*) FROM kintell_sessions").query(Long.class).single();
  }

  private void assertEndedWell(String job, GeneratedFile file) {
    JsonNode end = client.status(job).json();
    assertThat(end.path("status").asText()).as(end.toString()).isEqualTo("completed");
    assertThat(end.path("successfulRows").asLong()).isEqualTo(file.sessions().size());
    assertThat(end.path("failedRows").asLong()).isEqualTo(file.failed());
    assertThat(end.path("processedRows").asLong()).isEqualTo(end.path("totalRows").asLong());
    assertThat(end.path("percentComplete").asInt()).isEqualTo(100);
    assertThat(sessions.rowsById()).isEqualTo(file.sessions());
    assertThat(client.errors(job).text()).isEqualTo(file.errors());
    assertThat(Path.of(end.path("errorFilePath").asText())).hasContent(file.errors());
  }
}
