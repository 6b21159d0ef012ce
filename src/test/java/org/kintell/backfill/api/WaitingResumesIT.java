package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.job.run.JobWatch;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Requests that wait for the end of a job do not delay others. */
@IntegrationTest
class WaitingResumesIT {

  private static final int CLIENTS = 300;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transaction;
  @Autowired JobWatch watch;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void threeHundredWaitForOneJobAndStatusStillAnswers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String job = client.start("sessions.csv", SessionFiles.good(10)).jobId();

    List<CompletableFuture<HttpResponse<String>>> waiting =
        transaction.execute(
            status -> {
              // The chunk cannot be closed while its line is locked, so the job cannot end.
              jdbc.sql("SELECT * FROM backfill_chunks FOR UPDATE").query(rows -> {});
              List<CompletableFuture<HttpResponse<String>>> resumes =
                  Stream.generate(() -> resume(job)).limit(CLIENTS).toList();
              await()
                  .untilAsserted(
                      () ->
                          assertThat(client.status(job).json().path("status").asText())
                              .isEqualTo("running"));
              await().until(() -> watch.watchers() == CLIENTS);
              for (int i = 0; i < 100; i++) {
                assertThat(client.status(job).status()).isEqualTo(200);
              }
              assertThat(resumes).noneMatch(CompletableFuture::isDone);
              return resumes;
            });

    assertThat(waiting)
        .allSatisfy(
            resume -> {
              assertThat(resume).succeedsWithin(Duration.ofSeconds(30));
              assertThat(resume.join().statusCode()).isEqualTo(200);
              assertThat(resume.join().body()).contains("\"status\":\"completed\"");
            });
    assertThat(sessions.ids()).hasSize(10);
  }

  @Test
  void whoeverWaitsForAJobThatIsDeletedIsToldSo() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String job = client.start("sessions.csv", SessionFiles.good(10)).jobId();

    CompletableFuture<HttpResponse<String>> waiting =
        transaction.execute(
            status -> {
              jdbc.sql("SELECT * FROM backfill_chunks FOR UPDATE").query(rows -> {});
              CompletableFuture<HttpResponse<String>> resume = resume(job);
              await().until(() -> watch.watchers() == 1);
              jdbc.sql("DELETE FROM backfill_jobs WHERE id = ?::uuid").params(job).update();
              return resume;
            });

    assertThat(waiting).succeedsWithin(Duration.ofSeconds(10));
    assertThat(waiting.join().statusCode()).isEqualTo(404);
    assertThat(waiting.join().body()).contains("unknown-job");
  }

  @Test
  void aClientThatDoesNotWantToWaitIsToldWhereTheJobIs() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String job = client.start("sessions.csv", SessionFiles.good(10)).jobId();

    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("SELECT * FROM backfill_chunks FOR UPDATE").query(rows -> {});
          var answer =
              client.send(
                  client
                      .request("/import/backfill/" + job + "/resume")
                      .header("Prefer", "wait=1")
                      .POST(BodyPublishers.noBody()));
          assertThat(answer.status()).isEqualTo(202);
          assertThat(answer.json().path("status").asText()).isIn("pending", "running");
        });

    await().until(() -> client.status(job).json().path("status").asText().equals("completed"));
  }

  private CompletableFuture<HttpResponse<String>> resume(String job) {
    return http.sendAsync(
        client.request("/import/backfill/" + job + "/resume").POST(BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }
}
