package org.kintell.backfill.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.HealthWatch;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Leftovers;
import org.kintell.backfill.testsupport.RawHttp;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.kintell.backfill.testsupport.SlowClients;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Clients beyond a limit get 429 with Retry-After, while the service serves all others. */
@IntegrationTest
@TestPropertySource(
    properties = {
      "BACKFILL_MAX_UPLOADS=2",
      "BACKFILL_MAX_CONCURRENT_JOBS=1",
      "BACKFILL_MAX_WAITING_JOBS=2",
      "BACKFILL_MAX_HEADER=8KB",
      "BACKFILL_IDLE_TIMEOUT=3s",
      "BACKFILL_REQUEST_TIMEOUT=4s",
      "BACKFILL_VERIFY_TIMEOUT=5s",
      "BACKFILL_MAX_DOWNLOADS=1",
      "BACKFILL_MAX_WATCHERS=1",
      "BACKFILL_MAX_WAITING_REQUESTS=1",
      "server.tomcat.threads.max=20"
    })
class AbuseIT {

  private static final String AUTOSTART = "/import/backfill/start?autostart=true";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration A_WHILE = Duration.ofSeconds(4);

  /** Three for each thread. */
  private static final int CLIENTS = 60;

  @Value("${local.server.port}")
  int port;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transaction;
  @Autowired Workspace workspace;
  @Autowired MeterRegistry meters;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void uploadsBeyondTheLimitAreSentAwayAndOthersAreServed() throws IOException {
    try (Socket first = unfinishedUpload();
        Socket second = unfinishedUpload()) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                Answer third = client.start("x.csv", SessionFiles.good(1));
                assertProblem(third, 429, "too-many-uploads", "Retry-After");
                assertThat(third.header("Retry-After")).matches("[1-9][0-9]*");
              });
      assertThat(client.get("/health").status()).isEqualTo(200);
      assertThat(client.start("x.csv", new byte[20_000_000]).status()).isEqualTo(429);
      // They are silent: after some time the service closes them, and their slots are free.
      await()
          .atMost(PATIENCE)
          .until(() -> client.start("x.csv", SessionFiles.good(1)).status() == 201);
      for (Socket cut : List.of(first, second)) {
        assertThat(read(cut))
            .matches("(?s)HTTP/1.1 4.*")
            .contains("application/problem+json", "damaged-upload");
      }
    }
  }

  /** A slow upload that continues is not cut. */
  @Test
  void aSlowUploadIsTaken() throws IOException {
    String file = new String(SessionFiles.good(10), StandardCharsets.UTF_8);
    try (Socket socket = connect(file.length(), "Accept: */*")) {
      OutputStream out = socket.getOutputStream();
      for (String line : file.split("(?<=\n)")) {
        long next = System.nanoTime() + Duration.ofMillis(700).toNanos();
        out.write(line.getBytes(StandardCharsets.UTF_8));
        out.flush();
        await().pollInterval(Duration.ofMillis(20)).until(() -> System.nanoTime() >= next);
      }
      out.write("\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8));
      assertThat(read(socket)).startsWith("HTTP/1.1 201 ");
    }
  }

  /** With a checksum, for which the service reads the body first. */
  private Socket unfinishedUpload() throws IOException {
    return connect(1_000_000, "Content-Digest: sha-256=:" + "A".repeat(43) + "=:");
  }

  private Socket connect(int length, String header) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    String start =
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.csv\"\r\n\r\n";
    String head =
        """
        POST /import/backfill/start HTTP/1.1\r
        Host: localhost\r
        Connection: close\r
        Content-Type: multipart/form-data; boundary=b\r
        %s\r
        Content-Length: %d\r
        \r
        %s"""
            .formatted(header, start.length() + length + "\r\n--b--\r\n".length(), start);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  private static String read(Socket socket) throws IOException {
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** {@link OverloadIT} has more clients, and more kinds of them. */
  @Test
  void bodiesThatComeSlowlyHoldUpNobody() {
    String head =
        "POST /import/backfill/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\n"
            + "Content-Length: 1000000000\r\n\r\n";
    HealthWatch.during(
        port,
        () -> {
          try (SlowClients clients = new SlowClients(port, CLIENTS, head)) {
            clients.go(A_WHILE, "x");
          }
        });
  }

  @Test
  void requestsThatAreSentWithoutReadingTheAnswersHoldUpNobody() {
    String request = "GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n";
    HealthWatch.during(
        port,
        () -> {
          try (SlowClients clients = new SlowClients(port, CLIENTS, request.repeat(90))) {
            clients.hold(A_WHILE);
          }
        });
  }

  @Test
  void jobsBeyondTheLimitAreNotQueuedAndNothingIsLost() {
    String first = client.start("first.csv", file(1)).jobId();
    String later = client.start("later.csv", file(9)).jobId();
    transaction.executeWithoutResult(
        status -> {
          // The first job's chunk cannot be closed while its line is locked, so the job runs on.
          jdbc.sql("SELECT * FROM backfill_chunks FOR UPDATE").query(rows -> {});
          resumeWithoutWaiting(first);
          await().atMost(PATIENCE).until(() -> status(first).equals("running"));
          assertThat(queue(2).status()).isEqualTo(202);
          assertThat(queue(3).status()).isEqualTo(202);
          // Their files are stored; the received copies are no longer needed.
          Leftovers.assertNoneIn(workspace.folder());
          assertProblem(queue(8), 429, "too-many-jobs", "Retry-After");
          Answer dryRun =
              client.upload(
                  "/import/backfill/validate", "x.csv", new ByteArrayInputStream(file(8)));
          assertProblem(dryRun, 429, "too-many-jobs", "Retry-After");
          Answer resume = client.resume(later);
          assertProblem(resume, 429, "too-many-jobs");
          assertThat(resume.header("Retry-After")).matches("[1-9][0-9]*");
          assertThat(status(later)).isEqualTo("pending");
          // A job that was not started takes no slot.
          assertThat(client.start("x.csv", file(7)).status()).isEqualTo(201);
        });
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(client.resume(later).status()).isEqualTo(200));
    assertThat(status(later)).isEqualTo("completed");
  }

  /** More than the limit allows: other processes queue jobs too, and may be gone since. */
  @Test
  void noNumberOfWaitingJobsHoldsUpTheServiceOrTheirTurn() {
    String first = client.start("first.csv", file(1)).jobId();
    String later = client.start("later.csv", file(9)).jobId();
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("SELECT * FROM backfill_chunks FOR UPDATE").query(rows -> {});
          resumeWithoutWaiting(first);
          await().atMost(PATIENCE).until(() -> status(first).equals("running"));
          atOnce(
              """
              WITH job AS (
                INSERT INTO backfill_jobs (id, file_name, status, total_rows, queued_at, owner)
                SELECT gen_random_uuid(), 'left.csv', 'pending', 1,
                       now() + number * interval '1 ms', 4711
                  FROM generate_series(1, 1200) AS number
                RETURNING id)
              INSERT INTO backfill_chunks
                (job_id, chunk_no, tail, first_row, row_span, row_count, start_offset, end_offset,
                 state, skipped, loaded_at, published_at)
              SELECT id, 0, false, 1, 1, 1, 0, 1, 'loaded', 1, now(), now() FROM job
              """);
          HealthWatch.during(
              port,
              () ->
                  await()
                      .during(A_WHILE)
                      .atMost(PATIENCE)
                      .until(() -> status(first).equals("running") && left("pending") == 1_200));
          assertProblem(client.resume(later), 429, "too-many-jobs", "Retry-After");
        });
    await().atMost(PATIENCE).until(() -> status(first).equals("completed"));
    await().atMost(PATIENCE).until(() -> left("completed") >= 10);
    jdbc.sql("DELETE FROM backfill_jobs WHERE file_name = 'left.csv'").update();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(client.resume(later).status()).isEqualTo(200));
    assertThat(status(later)).isEqualTo("completed");
  }

  private int left(String status) {
    return jdbc.sql(
            "SELECT count(*) FROM backfill_jobs WHERE file_name = 'left.csv' AND status = ?")
        .param(status)
        .query(Integer.class)
        .single();
  }

  /** Outside the transaction that the caller holds open. */
  private void atOnce(String statement) {
    TransactionTemplate own = new TransactionTemplate(transaction.getTransactionManager());
    own.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    own.executeWithoutResult(status -> jdbc.sql(statement).update());
  }

  private void resumeWithoutWaiting(String job) {
    client.send(
        client
            .request("/import/backfill/" + job + "/resume")
            .header("Prefer", "wait=0")
            .POST(BodyPublishers.noBody()));
  }

  private Answer queue(int number) {
    return client.upload(AUTOSTART, "x.csv", new ByteArrayInputStream(file(number)));
  }

  private String status(String job) {
    return client.status(job).json().path("status").asText();
  }

  /** Different ids in each. */
  private static byte[] file(int number) {
    String good = new String(SessionFiles.good(3), StandardCharsets.UTF_8);
    return good.replace("\nS-", "\nS-" + number + "-").getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "report", "verify", ""})
  void aDatabaseThatIsHeldUpIsAnAnswerAndNotAWait(String what) {
    String job = client.start("x.csv", SessionFiles.good(1)).jobId();
    String path = what.isEmpty() ? "/import/backfill" : "/import/backfill/" + job + "/" + what;
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("LOCK TABLE backfill_chunks, backfill_rejects IN ACCESS EXCLUSIVE MODE")
              .update();
          long start = System.nanoTime();
          Answer answer = client.get(path);
          assertProblem(answer, 503, "database-timeout", "Retry-After");
          assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
          assertThat(Duration.ofNanos(System.nanoTime() - start))
              .isLessThan(Duration.ofSeconds(20));
          assertThat(client.get("/health").status()).isEqualTo(200);
        });
    assertThat(client.get("/import/backfill/" + job + "/status").status()).isEqualTo(200);
  }

  private double refusedWatchers() {
    return meters.get("kintell.progress.refused").counter().count();
  }

  @Test
  void watchersAndWaitingRequestsBeyondTheLimitAreRefusedAndNothingIsDone() throws IOException {
    String job = client.start("x.csv", SessionFiles.good(1)).jobId();
    String other = client.start("y.csv", file(5)).jobId();
    String progress = "/import/backfill/" + job + "/progress";
    try (Socket watching = open("GET " + progress)) {
      watching.setSoTimeout((int) PATIENCE.toMillis());
      assertThat(new String(watching.getInputStream().readNBytes(12), StandardCharsets.UTF_8))
          .isEqualTo("HTTP/1.1 200");
      double before = refusedWatchers();
      assertProblem(client.get(progress), 429, "too-many-watchers", "Retry-After");
      assertThat(refusedWatchers()).isEqualTo(before + 1);
    }
    transaction.executeWithoutResult(
        status -> {
          jdbc.sql("SELECT * FROM backfill_chunks FOR UPDATE").query(rows -> {});
          try (Socket waiting = open("POST /import/backfill/" + job + "/resume")) {
            assertThat(waiting.isConnected()).isTrue();
            await().atMost(PATIENCE).until(() -> status(job).equals("running"));
            await()
                .atMost(PATIENCE)
                .untilAsserted(
                    () ->
                        assertProblem(
                            client.resume(job), 429, "too-many-waiting", "Prefer: wait=0"));
            assertProblem(client.resume(other), 429, "too-many-waiting");
            assertThat(client.status(other).json().has("queued")).isFalse();
            assertThat(client.resumeWithoutWaiting(other).status()).isEqualTo(202);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    await().atMost(PATIENCE).until(() -> status(other).equals("completed"));
  }

  private Socket open(String request) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    String head = request + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
    return socket;
  }

  @Test
  void aBodyThatIsNoUploadMayNotBeLarge() {
    String large = "{\"type\": \"version\", \"x\": \"" + "x".repeat(2_000_000) + "\"}";
    for (BodyPublisher body :
        List.of(
            BodyPublishers.ofString(large),
            BodyPublishers.ofInputStream(
                () -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8))))) {
      Answer answer =
          client.send(
              client
                  .request("/actuator/jolokia")
                  .header("Content-Type", "application/json")
                  .POST(body));
      assertThat(answer.text()).contains("The body is larger than 1048576 bytes");
    }
  }

  @Test
  void headersBeyondTheLimitAreRefused() {
    String long7k = "GET /health HTTP/1.1\nX-Long: " + "x".repeat(7_000);
    assertThat(RawHttp.status(RawHttp.send(port, long7k))).isEqualTo(200);
    String long9k = "GET /health HTTP/1.1\nX-Long: " + "x".repeat(9_000);
    String answer = RawHttp.send(port, long9k);
    assertThat(RawHttp.status(answer)).isIn(400, 431);
    assertThat(answer).contains("application/problem+json");
  }
}
