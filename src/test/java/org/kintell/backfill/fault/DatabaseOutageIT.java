package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.PostgresServer;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.TcpProxy;

/** The database fails in the middle of a job; the job waits for it, and continues by itself. */
@Tag("faults")
class DatabaseOutageIT {

  private static final int FILE_ROWS = 60_000;
  private static final byte[] FILE = FaultFile.of(FILE_ROWS);
  private static final int SOME_ROWS = 3_000;
  private static final Duration OUTAGE = Duration.ofSeconds(30);

  private final PostgresServer postgres = PostgresServer.start();
  private final TcpProxy wire = new TcpProxy(postgres.port());
  private final Scene scene = Scene.on(postgres, PostgresServer.url(wire.port()), FILE);

  @BeforeEach
  void start() {
    scene.start();
  }

  @AfterEach
  void close() {
    scene.close();
    wire.close();
  }

  @Test
  void itsServerCrashesAndRestartsThreeTimes() throws Exception {
    String job = scene.startJob();
    for (int i = 1; i <= 3; i++) {
      scene.awaitRows(i * SOME_ROWS);
      postgres.crashAndRestart();
    }

    scene.assertUndisturbed(job);
  }

  @Test
  void itsServerCrashesWhileAnInboxFileBecomesAJob() throws Exception {
    scene.dropIntoInbox();
    for (int i = 0; i < 3; i++) {
      pass(Duration.ofMillis(900));
      postgres.crashAndRestart();
    }

    scene.assertDone();
    scene.assertUndisturbed(scene.jobs().get(0));
  }

  @Test
  void itsServerCrashesDuringADryRun() {
    JsonNode undisturbed = validate().json();
    CompletableFuture<Answer> report = CompletableFuture.supplyAsync(this::validate);
    scene.awaitRows(FILE_ROWS / 2);
    postgres.crashAndRestart();

    assertThat(report.join().json()).isEqualTo(undisturbed);
  }

  private Answer validate() {
    return scene
        .service()
        .client()
        .upload("/import/backfill/validate", "sessions.csv", new ByteArrayInputStream(FILE));
  }

  @Test
  void allConnectionsAreTerminatedTenTimes() throws Exception {
    String job = scene.startJob();
    for (int i = 1; i <= 10; i++) {
      scene.awaitRows(i * SOME_ROWS);
      assertThat(postgres.terminateConnections()).isPositive();
    }

    scene.assertUndisturbed(job);
  }

  @Test
  void itCannotBeReachedForHalfAMinute() throws Exception {
    String job = scene.startJob();
    scene.awaitRows(SOME_ROWS);
    wire.cut();
    pass(OUTAGE);
    assertThat(scene.service().client().get("/health").status()).isEqualTo(503);
    wire.letPass();

    scene.assertUndisturbed(job);
  }

  @Test
  void itDoesNotAnswerForHalfAMinute() throws Exception {
    String job = scene.startJob();
    scene.awaitRows(SOME_ROWS);
    wire.holdUp();
    pass(OUTAGE);
    assertThat(scene.service().client().get("/health").status()).isEqualTo(503);
    wire.letPass();

    scene.assertUndisturbed(job);
  }

  @Test
  void itTakesNoWritesForHalfAMinute() throws Exception {
    String job = scene.startJob();
    scene.awaitRows(SOME_ROWS);
    postgres.takeWrites(false);
    pass(OUTAGE);
    Answer health = scene.service().client().get("/health");
    assertThat(health.status()).isEqualTo(503);
    assertThat(health.json().path("database").asText()).isEqualTo("takes no writes");
    postgres.takeWrites(true);

    scene.assertUndisturbed(job);
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await().atMost(Duration.ofMinutes(1)).until(() -> System.nanoTime() >= end);
  }
}
