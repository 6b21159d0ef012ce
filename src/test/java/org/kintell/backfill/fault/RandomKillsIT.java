package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.Scene;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service is killed repeatedly at random moments while it imports a file from the inbox. {@code
 * -Dfaults.kills} says how often, {@code -Dfaults.seed} repeats a run as far as clocks allow.
 */
@Tag("faults")
class RandomKillsIT {

  private static final Logger LOG = LoggerFactory.getLogger(RandomKillsIT.class);
  private static final int KILLS = Integer.getInteger("faults.kills", 100);
  private static final long SEED = Long.getLong("faults.seed", System.nanoTime());
  private static final int KILLS_PER_FILE = 8;

  /** Longer than a start takes here, so that both starting and working processes are killed. */
  private static final int LATEST_MILLIS = 2_500;

  private final Random random = new Random(SEED);

  @Test
  void manyTimes() throws Exception {
    LOG.info("{} kills, seed {}", KILLS, SEED);
    int whileOpen = 0;
    for (int kills = 0; kills < KILLS; ) {
      try (Scene scene = set(Scene.with(FaultFile.of(30_000))).start()) {
        scene.dropIntoInbox();
        boolean serving = true;
        for (int i = 0; i < KILLS_PER_FILE && kills < KILLS; i++, kills++) {
          pass(Duration.ofMillis(random.nextInt(LATEST_MILLIS)));
          scene.service().kill();
          whileOpen += isOpen(scene) ? 1 : 0;
          serving = random.nextBoolean();
          if (serving) {
            scene.service().start();
          } else {
            scene.service().launch();
          }
        }
        if (!serving) {
          scene.service().kill();
          scene.service().start();
        }
        scene.assertDone();
        assertThat(scene.jobs()).hasSize(1);
        scene.assertUndisturbed(scene.jobs().get(0));
      }
      LOG.info("{} kills so far, {} of them before the file was done", kills, whileOpen);
    }
    assertThat(whileOpen).as("kills that hit something").isGreaterThan(KILLS / 2);
  }

  /** Sets up the service before its first start. */
  Scene set(Scene scene) {
    return scene;
  }

  private static boolean isOpen(Scene scene) throws Exception {
    return !scene.inbox().equals(List.of("done/sessions.csv", "done/sessions.errors.csv"));
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await().pollInterval(Duration.ofMillis(5)).until(() -> System.nanoTime() >= end);
  }
}
