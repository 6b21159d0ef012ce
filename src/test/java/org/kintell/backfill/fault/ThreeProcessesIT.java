package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three processes load one job, and nobody can tell from the result. {@code -Dfaults.kills} says
 * how many faults there are at random, {@code -Dfaults.seed} repeats a run as far as clocks allow.
 */
class ThreeProcessesIT {

  private static final Logger LOG = LoggerFactory.getLogger(ThreeProcessesIT.class);
  private static final byte[] FILE = FaultFile.of(30_000);
  private static final int FAULTS = Integer.getInteger("faults.kills", 100);
  private static final long SEED = Long.getLong("faults.seed", System.nanoTime());
  private static final int FAULTS_PER_FILE = 4;
  private static final Duration FROZEN = Duration.ofSeconds(15);

  private final Random random = new Random(SEED);

  @Test
  void eachLoadsItsShareOfAJob() throws Exception {
    try (Scene scene = Scene.with(FILE).start();
        ServiceProcess second = scene.service().sibling().launch();
        ServiceProcess third = scene.service().sibling().launch()) {
      second.awaitServing();
      third.awaitServing();
      String job = scene.startJob();

      scene.assertUndisturbed(job);

      List<Double> shares = shares(scene);
      assertThat(shares).hasSize(3).allMatch(share -> share >= 0.2);
      assertThat(count("Job running", scene.service(), second, third)).isEqualTo(1);
    }
  }

  @Test
  void oneIsKilledAndAnotherFrozenAndTheThirdGoesOn() throws Exception {
    try (Scene scene = Scene.with(FILE).start();
        ServiceProcess second = scene.service().sibling().launch();
        ServiceProcess third = scene.service().sibling().launch()) {
      second.awaitServing();
      third.awaitServing();
      String job = scene.startJob();
      scene.awaitRows(3_000);

      second.kill();
      third.freeze();
      scene.awaitOver(job);
      third.thaw();

      scene.assertUndisturbed(job);
      assertThat(count("Node lost", scene.service(), third)).isGreaterThanOrEqualTo(1);
    }
  }

  @Test
  @Tag("faults")
  void anyOfThemIsKilledOrFrozenAtRandom() throws Exception {
    LOG.info("{} faults, seed {}", FAULTS, SEED);
    for (int faults = 0; faults < FAULTS; faults += FAULTS_PER_FILE) {
      try (Scene scene = Scene.with(FILE).start();
          ServiceProcess second = scene.service().sibling().start();
          ServiceProcess third = scene.service().sibling().start()) {
        String job = scene.startJob();
        disturb(List.of(scene.service(), second, third));
        scene.assertUndisturbed(job);
      }
      LOG.info("{} faults so far", faults + FAULTS_PER_FILE);
    }
  }

  /** Kills processes, or freezes them for a while; all of them run at the end. */
  private void disturb(List<ServiceProcess> processes) {
    List<Runnable> undo = new ArrayList<>();
    Set<ServiceProcess> hit = new HashSet<>();
    for (int i = 0; i < FAULTS_PER_FILE; i++) {
      pass(Duration.ofMillis(random.nextInt(1_500)));
      ServiceProcess victim = processes.get(random.nextInt(processes.size()));
      if (!hit.add(victim)) {
        continue;
      }
      if (random.nextBoolean()) {
        victim.kill();
        undo.add(victim::launch);
      } else {
        victim.freeze();
        undo.add(victim::thaw);
      }
    }
    pass(FROZEN);
    undo.forEach(Runnable::run);
    processes.forEach(ServiceProcess::awaitServing);
  }

  /** Which part of the rows each process has loaded. */
  private static List<Double> shares(Scene scene) {
    return scene
        .jdbc()
        .sql("SELECT sum(row_count) / 30000.0 FROM backfill_chunks GROUP BY loader")
        .query(Double.class)
        .list();
  }

  private static long count(String text, ServiceProcess... processes) throws Exception {
    long count = 0;
    for (ServiceProcess process : processes) {
      count += Files.readString(process.log()).lines().filter(line -> line.contains(text)).count();
    }
    return count;
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(FROZEN.plusSeconds(5))
        .until(() -> System.nanoTime() >= end);
  }
}
