package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.PostgresServer;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.SteppedClock;

/**
 * Sets the clock of the database, which determines all times of jobs, chunks and leases. (The
 * service's own cannot be set: a JVM does not run with it.)
 */
@Tag("faults")
class ClockIT {

  private static final byte[] FILE = FaultFile.of(60_000);

  private final PostgresServer postgres = PostgresServer.start();
  private final Scene scene = Scene.on(postgres, postgres.url(), FILE);
  private final SteppedClock clock = new SteppedClock(scene.service().folder());

  @BeforeEach
  void start() {
    postgres.restartWith(clock.environment());
    scene.start();
  }

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void itIsSteppedBackAndForthInTheMiddleOfAJob() throws Exception {
    String job = scene.startJob();
    scene.awaitRows(5_000);
    clock.step(Duration.ofHours(-2));
    await().until(() -> databaseTime().isBefore(Instant.now().minus(Duration.ofHours(1))));
    scene.awaitRows(20_000);
    clock.step(Duration.ofDays(-400));
    scene.awaitRows(35_000);
    clock.step(Duration.ofDays(2));

    scene.assertUndisturbed(job);
    assertThat(scene.status(job).path("rate").asDouble()).isNotNegative();
  }

  @Test
  void itIsSteppedBackWhileTheServiceIsDown() throws Exception {
    String job = scene.startJob();
    scene.awaitRows(5_000);
    scene.service().kill();
    clock.step(Duration.ofHours(-2));
    scene.service().start();

    scene.assertUndisturbed(job);
  }

  private Instant databaseTime() {
    return scene.jdbc().sql("SELECT now()").query(OffsetDateTime.class).single().toInstant();
  }
}
