package org.kintell.backfill.api.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A stream reports every change of a job, and its end. */
@IntegrationTest
class ProgressIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CLIENTS = 200;

  /** Three chunks. */
  private static final long ROWS = 10_001;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transaction;
  @Autowired ProgressWatch watch;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void everyChangeIsAnEventUntilTheJobIsOver() throws Exception {
    String job = create();

    CompletableFuture<HttpResponse<Stream<String>>> stream =
        http.sendAsync(client.request(path(job)).build(), BodyHandlers.ofLines());
    await().until(() -> watch.watching() == 1);
    client.resume(job);

    HttpResponse<Stream<String>> answer = stream.get();
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/event-stream");
    List<JsonNode> events = events(answer.body());
    assertThat(events).hasSizeGreaterThan(1).doesNotHaveDuplicates();
    assertThat(events.get(0).path("status").asText()).isEqualTo("pending");
    assertThat(events)
        .extracting(event -> event.path("processedRows").asLong())
        .isSorted()
        .last()
        .isEqualTo(ROWS);
    JsonNode last = events.get(events.size() - 1);
    assertThat(last.path("status").asText()).isEqualTo("completed");
    assertThat(last.path("percentComplete").asDouble()).isEqualTo(100);
  }

  @Test
  void aJobThatIsOverIsOneEventAndABrowserNeedNotAskAgain() throws Exception {
    String job = create();
    client.resume(job);
    // Its events are published after its end, which is a change, too.
    await().until(() -> client.status(job).json().path("eventsPending").asLong() == 0);

    Answer answer = client.get(path(job));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(events(answer.text().lines())).containsExactly(client.status(job).json());
    String id =
        answer.text().lines().filter(line -> line.startsWith("id:")).findFirst().orElseThrow();
    Answer again = client.send(client.request(path(job)).header("Last-Event-ID", id.substring(3)));
    assertThat(again.status()).isEqualTo(204);
    assertThat(client.send(client.request(path(job)).header("Last-Event-ID", "other")).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"failed", "paused", "cancelled"})
  void theStreamEndsHoweverTheJobDoes(String status) throws Exception {
    String job = create();
    CompletableFuture<HttpResponse<Stream<String>>> stream =
        http.sendAsync(client.request(path(job)).build(), BodyHandlers.ofLines());
    await().until(() -> watch.watching() == 1);

    jdbc.sql("UPDATE backfill_jobs SET status = ? WHERE id = ?::uuid").params(status, job).update();

    List<JsonNode> events = events(stream.get().body());
    assertThat(events).hasSize(2);
    assertThat(events.get(1).path("status").asText()).isEqualTo(status);
  }

  @Test
  void theStreamEndsWhenTheJobIsDeleted() throws Exception {
    String job = create();
    CompletableFuture<HttpResponse<Stream<String>>> stream =
        http.sendAsync(client.request(path(job)).build(), BodyHandlers.ofLines());
    await().until(() -> watch.watching() == 1);

    jdbc.sql("DELETE FROM backfill_jobs WHERE id = ?::uuid").params(job).update();

    assertThat(events(stream.get().body())).hasSize(1);
    assertThat(watch.watching()).isZero();
  }

  @Test
  void manyWatchOneJobAndNobodyIsHeldUp() {
    String job = create();
    List<CompletableFuture<HttpResponse<String>>> watching =
        transaction.execute(
            held -> {
              // The chunk cannot be closed while its line is locked, so the job cannot end.
              jdbc.sql("SELECT * FROM backfill_chunks WHERE chunk_no = 2 FOR UPDATE")
                  .query(rows -> {});
              List<CompletableFuture<HttpResponse<String>>> clients =
                  Stream.generate(
                          () ->
                              http.sendAsync(
                                  client.request(path(job)).build(), BodyHandlers.ofString()))
                      .limit(CLIENTS)
                      .toList();
              await().atMost(PATIENCE).until(() -> watch.watching() == CLIENTS);
              client.send(
                  client
                      .request("/import/backfill/" + job + "/resume")
                      .header("Prefer", "wait=0")
                      .POST(java.net.http.HttpRequest.BodyPublishers.noBody()));
              await()
                  .until(() -> client.status(job).json().path("status").asText().equals("running"));
              assertThat(clients).noneMatch(CompletableFuture::isDone);
              return clients;
            });

    assertThat(watching)
        .allSatisfy(
            one -> {
              assertThat(one).succeedsWithin(PATIENCE);
              assertThat(one.join().body()).contains("\"status\":\"completed\"");
            });
    await().until(() -> watch.watching() == 0);
  }

  @Test
  void aClientThatHangsUpIsForgottenAndOneThatWaitsHearsThatTheServiceIsThere() throws Exception {
    String job = create();
    HttpResponse<InputStream> hangsUp =
        http.send(client.request(path(job)).build(), BodyHandlers.ofInputStream());
    CompletableFuture<HttpResponse<Stream<String>>> waits =
        http.sendAsync(client.request(path(job)).build(), BodyHandlers.ofLines());
    await().until(() -> watch.watching() == 2);

    hangsUp.body().close();

    await().atMost(PATIENCE).until(() -> watch.watching() == 1);
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed' WHERE id = ?::uuid").param(job).update();
    assertThat(waits.get().body().toList()).anyMatch(line -> line.startsWith(":"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00000000-0000-0000-0000-000000000000", "nonsense"})
  void anUnknownJobIsNotFound(String job) {
    Answer answer = client.send(client.request(path(job)).header("Accept", "text/event-stream"));

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
    assertThat(answer.json().path("type").asText()).endsWith(":unknown-job");
  }

  private String create() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    return client.start("sessions.csv", SessionFiles.good(ROWS)).jobId();
  }

  private static String path(String job) {
    return "/import/backfill/" + job + "/progress";
  }

  private static List<JsonNode> events(Stream<String> lines) {
    ObjectMapper json = new ObjectMapper();
    return lines
        .filter(line -> line.startsWith("data:"))
        .map(
            line -> {
              try {
                return json.readTree(line.substring("data:".length()));
              } catch (JsonProcessingException e) {
                throw new AssertionError(line, e);
              }
            })
        .toList();
  }
}
