package org.kintell.backfill.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.PostgresServer;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.TcpProxy;
import org.postgresql.jdbc.PgConnection;

/**
 * Log of the jar during a database outage, with a running job and clients: one line at its
 * beginning, one at its end, and few others.
 */
class OutageLogIT {

  /** Chunks for some seconds: the job runs when the outage begins, and hardly longer. */
  private static final byte[] FILE = FaultFile.of(20_000);

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration OUTAGE = Duration.ofSeconds(8);

  /** Longer than a process waits for an answer to its sign of life. */
  private static final Duration LONG_LOCK = Duration.ofSeconds(25);

  private static final Duration STOP = Duration.ofSeconds(10);
  private static final int MOST_LINES = 5;
  private static final int POOL = 6;
  private static final int MOST_CONNECTIONS = 30;
  private static final String LONG_REJECT =
      SessionFiles.row("S-1", "9").replace("Fine", "x".repeat(3_000));

  private final PostgresServer postgres = PostgresServer.start();
  private final TcpProxy wire = new TcpProxy(postgres.port());
  private final Scene scene = Scene.on(postgres, PostgresServer.url(wire.port()), FILE);

  @Test
  void theLogSaysThatTheDatabaseIsAwayAndBackAndLittleElse() throws IOException {
    try {
      startsWhenItIsThere();
      assertQuietDuringAJob(new Outage("", postgres::stop, postgres::startAgain));
      assertQuietDuringAJob(
          new Outage("writes", () -> postgres.takeWrites(false), () -> postgres.takeWrites(true)));
    } finally {
      scene.close();
      wire.close();
    }
  }

  /** Each ends connections as a stop does. */
  @Test
  @Tag("faults")
  void theLogSaysTheSameOfOtherOutages() throws IOException {
    Runnable nothing = () -> {};
    try {
      scene.start();
      assertQuietDuringAJob(new Outage("", postgres::terminateConnections, nothing));
      assertQuietDuringAJob(new Outage("", postgres::crashAndRestart, nothing));
      assertQuietDuringAJob(new Outage("", wire::cut, wire::letPass));
    } finally {
      scene.close();
      wire.close();
    }
  }

  /**
   * Failures of a reachable database: exhausted pool, locked table of jobs, no free connection of
   * the server. Then clients that disconnect, and the shutdown.
   */
  @Test
  void theLogTellsOneOutageFromAnotherAndNamesWhoCanEndIt() throws Exception {
    try {
      scene
          .service()
          .with("BACKFILL_DATABASE_POOL", Integer.toString(POOL))
          .with("BACKFILL_LOADERS", Integer.toString(POOL))
          .with("BACKFILL_REQUEST_TIMEOUT", "2s");
      postgres.allowConnections(MOST_CONNECTIONS);
      scene.start();
      BackfillClient client = scene.service().client();
      poolIsUsedUp(client);
      jobsAreLocked(client);
      isLocked(client, "backfill_chunks");
      isLocked(client, "backfill_nodes");
      serverHasNoConnectionLeft(client);
      clientsHangUp(client);

      List<String> before = Files.readAllLines(scene.service().log());
      scene.service().stop();
      assertThat(since(before)).singleElement().asString().contains("Stopping: 0 chunks in flight");
    } finally {
      scene.close();
      wire.close();
    }
  }

  private void poolIsUsedUp(BackfillClient client) throws Exception {
    String job;
    List<String> before;
    try (Connection psql = postgres.connect("psql");
        Statement lock = psql.createStatement()) {
      psql.setAutoCommit(false);
      lock.execute("LOCK TABLE kintell_sessions IN SHARE MODE");
      job = scene.startJob();
      before = Files.readAllLines(scene.service().log());
      awaitLine(before, "WARN", "Connection pool exhausted");
      long begun = System.nanoTime();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                Answer refused = client.get("/import/backfill");
                assertThat(refused.status()).isEqualTo(503);
                assertThat(refused.json().path("detail").asText())
                    .contains("all " + POOL + " connections are in use", "BACKFILL_DATABASE_POOL");
                return System.nanoTime() - begun > OUTAGE.toNanos();
              });
      assertThat(client.get("/health").status()).isEqualTo(200);
      String metrics = client.get("/actuator/prometheus").text();
      assertThat(metrics).contains("kintell_database_up 1.0");
      assertThat(metrics).doesNotContain("hikaricp_connections_pending{pool=\"database\"} 0.0");
      assertOneOutage(before, "all " + POOL + " connections", holder(psql), "application psql");
      psql.rollback();
    }
    awaitLine(before, "INFO", "Connection pool has free connections again after");
    scene.awaitOver(job);
  }

  private void jobsAreLocked(BackfillClient client) throws Exception {
    List<String> before = Files.readAllLines(scene.service().log());
    try (Connection psql = postgres.connect("psql");
        Statement lock = psql.createStatement()) {
      psql.setAutoCommit(false);
      lock.execute("LOCK TABLE backfill_jobs IN ACCESS EXCLUSIVE MODE");
      awaitLine(before, "WARN", "Table backfill_jobs is locked");
      long begun = System.nanoTime();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                assertThat(client.get("/import/backfill").status()).isEqualTo(503);
                return System.nanoTime() - begun > LONG_LOCK.toNanos();
              });
      Answer health = client.get("/health");
      assertThat(health.status()).isEqualTo(503);
      assertThat(health.json().path("database").asText()).contains("backfill_jobs is locked");
      assertThat(client.get("/actuator/prometheus").text())
          .contains("kintell_database_up 1.0")
          .containsPattern("kintell_measurement_age_seconds [1-9]\\d");
      assertOneOutage(before, holder(psql), "application psql", "idle in transaction");
      psql.rollback();
    }
    awaitLine(before, "INFO", "Table backfill_jobs is no longer locked after");
    await().atMost(PATIENCE).until(() -> client.get("/health").status() == 200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(client.get("/actuator/prometheus").text())
                    .containsPattern("kintell_measurement_age_seconds [0-6]\\."));
  }

  /** The service is healthy: without a job it needs this table for little. */
  private void isLocked(BackfillClient client, String table) throws Exception {
    List<String> before = Files.readAllLines(scene.service().log());
    try (Connection psql = postgres.connect("psql");
        Statement lock = psql.createStatement()) {
      psql.setAutoCommit(false);
      lock.execute("LOCK TABLE " + table + " IN ACCESS EXCLUSIVE MODE");
      awaitLine(before, "WARN", "Table " + table + " is locked since");
      long begun = System.nanoTime();
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                client.get("/import/backfill");
                assertThat(client.get("/health").status()).isEqualTo(200);
                return System.nanoTime() - begun > OUTAGE.toNanos();
              });
      assertOneOutage(before, table, holder(psql), "application psql", "user " + user(psql));
      psql.rollback();
    }
    awaitLine(before, "INFO", "Table " + table + " is no longer locked after");
    assertThat(since(before)).hasSizeLessThanOrEqualTo(MOST_LINES);
  }

  private static String user(Connection psql) throws SQLException {
    return psql.getMetaData().getUserName();
  }

  private void serverHasNoConnectionLeft(BackfillClient client) throws Exception {
    List<String> before = Files.readAllLines(scene.service().log());
    wire.cut();
    awaitLine(before, "WARN", "Database is away since", "(127.0.0.1:" + wire.port() + "/postgres)");
    List<Connection> others = new ArrayList<>();
    try {
      for (Connection other = connectOrNull(); other != null; other = connectOrNull()) {
        others.add(other);
      }
      wire.letPass();
      awaitLine(before, "WARN", "Database is away");
      awaitLine(before, "still, for another reason", "too many clients");
      Answer health = client.get("/health");
      assertThat(health.status()).isEqualTo(503);
      assertThat(health.json().path("database").asText())
          .contains("max_connections", "BACKFILL_DATABASE_POOL");
      assertThat(client.get("/import/backfill").json().path("detail").asText())
          .contains("max_connections", "BACKFILL_DATABASE_POOL");
      assertThat(client.get("/actuator/prometheus").text()).contains("kintell_database_up 0.0");
    } finally {
      for (Connection other : others) {
        other.close();
      }
    }
    awaitLine(before, "INFO", "Database is back after");
    assertThat(since(before)).hasSizeLessThanOrEqualTo(MOST_LINES);
  }

  private Connection connectOrNull() {
    try {
      return postgres.connect("others");
    } catch (SQLException e) {
      return null;
    }
  }

  /** In the middle of a download. */
  private void clientsHangUp(BackfillClient client) throws Exception {
    // More bytes of rejects than the sockets' buffers hold.
    String file = SessionFiles.HEADER + LONG_REJECT.repeat(5_000);
    String job =
        client.start(
            "/import/backfill/start?autostart=true", file.getBytes(StandardCharsets.UTF_8), 202);
    scene.awaitOver(job);
    await()
        .until(
            () -> Files.readString(scene.service().log()).contains("Job completed, jobId: " + job));
    List<String> before = Files.readAllLines(scene.service().log());
    for (int i = 0; i < 3; i++) {
      try (Socket socket = new Socket("127.0.0.1", scene.service().port())) {
        socket.setSoLinger(true, 0);
        String request = "GET /import/backfill/%s/errors HTTP/1.1\r\nHost: localhost\r\n\r\n";
        socket.getOutputStream().write(request.formatted(job).getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(1_000)).hasSize(1_000);
      }
    }
    assertThat(client.get("/import/backfill/" + job + "/errors").status()).isEqualTo(200);
    assertThat(since(before)).hasSize(4).allMatch(line -> line.contains("Error file downloaded"));
  }

  private static String holder(Connection psql) throws SQLException {
    return "process " + psql.unwrap(PgConnection.class).getBackendPID() + " holds";
  }

  private void assertOneOutage(List<String> before, String... words) throws IOException {
    String all = String.join("\n", since(before).toList());
    assertThat(since(before)).as(all).hasSizeLessThanOrEqualTo(MOST_LINES);
    assertThat(since(before).filter(line -> line.contains("WARN")))
        .as(all)
        .singleElement()
        .asString()
        .contains(words);
    assertThat(all).doesNotContain("ERROR", "user request", "jobId: null");
  }

  private void awaitLine(List<String> before, String... words) {
    await()
        .atMost(PATIENCE)
        .until(() -> since(before).anyMatch(line -> Stream.of(words).allMatch(line::contains)));
  }

  private void startsWhenItIsThere() throws IOException {
    wire.cut();
    scene.service().launch();
    awaitNotReady();
    assertThat(scene.service().stop()).isLessThan(STOP);
    List<String> before = Files.readAllLines(scene.service().log());
    assertThat(before).noneMatch(line -> line.contains("ERROR") || line.startsWith("\tat "));

    scene.service().launch();
    awaitNotReady();
    BackfillClient client = scene.service().client();
    assertThat(client.get("/actuator/health/readiness").status()).isEqualTo(503);
    assertThat(client.get("/actuator/health/liveness").status()).isEqualTo(200);
    Answer metrics = client.get("/actuator/prometheus");
    assertThat(metrics.status()).isEqualTo(200);
    assertThat(metrics.text()).contains("kintell_database_up 0.0", "process_start_time_seconds ");
    assertThat(client.get("/import/backfill").json().path("error").asText())
        .isEqualTo("Database unavailable");
    wire.letPass();
    scene.awaitStarted();
    assertThat(since(before))
        .filteredOn(line -> line.contains("WARN") || line.contains("Database is"))
        .hasSize(2)
        .satisfies(
            lines -> assertThat(lines.get(0)).contains("WARN", "Database is away", "waits for it"),
            lines -> assertThat(lines.get(1)).contains("INFO", "Database is back after"));
  }

  private void awaitNotReady() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              Answer health = scene.service().client().get("/health");
              assertThat(health.status()).isEqualTo(503);
              assertThat(health.json().path("status").asText()).isEqualTo("degraded");
            });
  }

  private record Outage(String reason, Runnable begin, Runnable end) {}

  private void assertQuietDuringAJob(Outage outage) throws IOException {
    String job = scene.startJob();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE)
        .until(() -> scene.status(job).path("processedRows").asInt() > 0);
    assertQuiet(outage);
    scene.awaitOver(job);
    scene.assertConsistent(job);
  }

  private void assertQuiet(Outage outage) throws IOException {
    List<String> before = Files.readAllLines(scene.service().log());
    outage.begin.run();
    await().atMost(PATIENCE).until(() -> since(before).anyMatch(this::isAway));
    long begun = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              scene.service().client().get("/import/backfill");
              return System.nanoTime() - begun > OUTAGE.toNanos();
            });
    outage.end.run();
    await().atMost(PATIENCE).until(() -> since(before).anyMatch(this::isBack));

    List<String> lines = since(before).toList();
    String all = String.join("\n", lines);
    assertThat(lines).as(all).hasSizeLessThanOrEqualTo(MOST_LINES);
    assertThat(lines)
        .as(all)
        .filteredOn(this::isAway)
        .singleElement()
        .asString()
        .contains(outage.reason);
    assertThat(lines).as(all).filteredOn(this::isBack).hasSize(1);
    assertThat(all).doesNotContain("jobId: null");
  }

  private Stream<String> since(List<String> before) throws IOException {
    return Files.readAllLines(scene.service().log()).stream().skip(before.size());
  }

  private boolean isAway(String line) {
    return line.contains("WARN") && line.contains("Database is away");
  }

  private boolean isBack(String line) {
    return line.contains("INFO") && line.contains("Database is back");
  }
}
