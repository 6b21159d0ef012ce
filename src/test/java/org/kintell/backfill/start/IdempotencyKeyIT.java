package org.kintell.backfill.start;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Multipart;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A client without an answer repeats its request, and no second job is created. */
@IntegrationTest
class IdempotencyKeyIT {

  private static final String START = "/import/backfill/start";
  private static final byte[] FILE = SessionFiles.good(20);

  private final String key = UUID.randomUUID().toString();

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired BackfillSettings settings;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?autostart=true"})
  void theSameRequestHasTheSameAnswer(String query) {
    Answer first = start(START + query, key, "sessions.csv", FILE);
    assertThat(client.resume(first.jobId()).status()).isIn(200, 409);

    Answer again = start(START + query, key, "sessions.csv", FILE);

    assertThat(first.status()).isEqualTo(query.isEmpty() ? 201 : 202);
    assertThat(again.status()).isEqualTo(first.status());
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.header("Content-Type")).isEqualTo(first.header("Content-Type"));
    assertThat(again.header("Location"))
        .isEqualTo(first.header("Location"))
        .endsWith("/import/backfill/" + first.jobId() + "/status");
    assertThat(jobs()).isEqualTo(1);
    assertThat(sessions.ids()).hasSize(20);
  }

  @Test
  void anotherFileWithTheKeyIsRefusedWhateverItIs() {
    Answer first = start(START, key, "sessions.csv", FILE);

    for (byte[] other :
        new byte[][] {
          SessionFiles.good(21), "no csv at all".getBytes(StandardCharsets.UTF_8), new byte[0]
        }) {
      assertProblem(
          start(START, key, "sessions.csv", other), 422, "idempotency-key-reused", first.jobId());
    }
    assertThat(jobs()).isEqualTo(1);
    assertThat(client.resume(first.jobId()).json().path("successfulRows").asInt()).isEqualTo(20);
  }

  /** The first request got no answer, and the job has stopped since. */
  @Test
  void askingAgainStartsNoJobThatHasStopped() {
    String job = start(START, key, "sessions.csv", FILE).jobId();
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed', answer = NULL, answer_status = NULL")
        .update();

    Answer again = start(START + "?autostart=true", key, "sessions.csv", FILE);

    assertThat(again.status()).isEqualTo(202);
    assertThat(again.jobId()).isEqualTo(job);
    assertThat(again.json().path("status").asText()).isEqualTo("failed");
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("failed");
  }

  @Test
  void anotherKeyIsAnotherJob() {
    String one = start(START, key, "sessions.csv", FILE).jobId();
    assertThat(start(START, key + "2", "sessions.csv", FILE).jobId()).isNotEqualTo(one);
    assertThat(client.start("sessions.csv", FILE).jobId()).isNotEqualTo(one);
    assertThat(jobs()).isEqualTo(3);
  }

  @Test
  void aRefusedRequestLeavesItsKeyFree() {
    assertProblem(start(START, key, "sessions.csv", new byte[0]), 400, "empty-file");
    assertThat(start(START, key, "sessions.csv", FILE).status()).isEqualTo(201);
  }

  @Test
  void ofManyAtOnceOneMakesTheJob() throws IOException {
    long stored = stored();
    ExecutorService clients = Executors.newFixedThreadPool(8);
    List<CompletableFuture<Answer>> asked = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      asked.add(
          CompletableFuture.supplyAsync(
              () -> start(START + "?autostart=true", key, "sessions.csv", FILE), clients));
    }
    List<Answer> answers = asked.stream().map(CompletableFuture::join).toList();
    clients.shutdown();

    assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isEqualTo(202));
    Set<String> ids = answers.stream().map(Answer::jobId).collect(Collectors.toSet());
    assertThat(ids).hasSize(1);
    assertThat(jobs()).isEqualTo(1);
    assertThat(stored()).isEqualTo(stored + 1);
  }

  @Test
  void ofTwoFilesAtOnceOneIsRefused() {
    List<CompletableFuture<Answer>> asked = new ArrayList<>();
    for (int rows : new int[] {2000, 2001}) {
      byte[] file = SessionFiles.good(rows);
      asked.add(CompletableFuture.supplyAsync(() -> start(START, key, "sessions.csv", file)));
    }
    assertThat(asked.stream().map(CompletableFuture::join).map(Answer::status))
        .containsExactlyInAnyOrder(201, 422);
    assertThat(jobs()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "two\twords", "long"})
  void aKeyThatCannotBeIsRefused(String wrong) {
    String sent = wrong.equals("long") ? "k".repeat(256) : wrong;
    assertProblem(start(START, sent, "sessions.csv", FILE), 400, "invalid-idempotency-key", "255");
    assertThat(jobs()).isZero();
  }

  private Answer start(String path, String sentKey, String name, byte[] content) {
    return client.send(
        new Multipart()
            .file(name, content)
            .post(client.request(path).header("Idempotency-Key", sentKey)));
  }

  private long jobs() {
    return jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single();
  }

  private long stored() throws IOException {
    try (Stream<Path> files = Files.list(settings.dataDir().resolve("uploads"))) {
      return files.count();
    }
  }
}
