package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.BackfillClient;
import org.kintell.backfill.BackfillClient.Answer;

/**
 * What the jar logs while its database is away, with a job running and clients asking: one line
 * when it goes, one when it is back, and hardly anything else.
 */
class OutageLogIT {

  private static final byte[] FILE = FaultFile.of(60_000);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration OUTAGE = Duration.ofSeconds(8);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final int MOST_LINES = 5;

  private final PostgresServer postgres = PostgresServer.start();
  private final TcpProxy wire = new TcpProxy(postgres.port());
  private final Scene scene = Scene.on(postgres, PostgresServer.url(wire.port()), FILE);

  @Test
  void theLogSaysThatTheDatabaseIsAwayAndBackAndLittleElse() throws IOException {
    try {
      startsWhenItIsThere();
      for (Outage outage : outages()) {
        String job = scene.startJob();
        await()
            .pollInterval(Duration.ofMillis(5))
            .atMost(PATIENCE)
            .until(() -> scene.status(job).path("processedRows").asInt() > 0);
        assertQuiet(outage);
        scene.awaitOver(job);
        scene.assertConsistent(job);
      }
    } finally {
      scene.close();
      wire.close();
    }
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

  private List<Outage> outages() {
    Runnable nothing = () -> {};
    return List.of(
        new Outage("", postgres::stop, postgres::startAgain),
        new Outage("", postgres::terminateConnections, nothing),
        new Outage("", postgres::crashAndRestart, nothing),
        new Outage("writes", () -> postgres.takeWrites(false), () -> postgres.takeWrites(true)),
        new Outage("", wire::cut, wire::letPass));
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
