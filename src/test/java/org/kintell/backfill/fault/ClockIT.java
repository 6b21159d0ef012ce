package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The machine's clock is set, for the service and its database alike. */
@Tag("faults")
class ClockIT {

  private static final byte[] FILE = FaultFile.of(60_000);

  private final PostgresServer postgres = PostgresServer.start();
  private final Scene scene = Scene.on(postgres, postgres.url(), FILE);
  private final SteppedClock clock = new SteppedClock(scene.service().folder());

  @BeforeEach
  void start() {
    postgres.restartWith(clock.environment());
    clock.environment().forEach(scene.service()::with);
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
    assertThat(databaseTime()).isBefore(Instant.now().minus(Duration.ofHours(1)));
    scene.awaitRows(20_000);
    clock.step(Duration.ofDays(-400));
    scene.awaitRows(35_000);
    clock.step(Duration.ofDays(2));

    scene.assertUndisturbed(job);
    assertThat(scene.status(job).path("rate").asDouble()).isNotNegative();
  }

  /** The file is of two hours to come, and its age says nothing. */
  @Test
  void aFileComesIntoTheInboxAfterItWasSteppedBack() throws Exception {
    clock.step(Duration.ofHours(-2));

    scene.dropIntoInbox();

    scene.assertDone();
    scene.assertUndisturbed(scene.jobs().get(0));
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
