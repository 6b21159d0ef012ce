package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.PostgresServer;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.SeparateNetwork;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A machine whose network is cut: nothing tells PostgreSQL or the other process of it. {@code
 * -Dfaults.kills} is ten times the number of rounds at random, {@code -Dfaults.seed} repeats them
 * as far as clocks allow.
 */
class LostMachineIT {

  private static final Logger LOG = LoggerFactory.getLogger(LostMachineIT.class);
  private static final byte[] FILE = FaultFile.of(10_000);
  private static final byte[] LONGER_FILE = FaultFile.of(30_000);
  private static final int ROUNDS = (Integer.getInteger("faults.kills", 100) + 9) / 10;
  private static final long SEED = Long.getLong("faults.seed", System.nanoTime());
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration NOTICED = Duration.ofSeconds(15);

  private static final String FAR_AND_BLOCKED =
      "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND client_addr = ?::inet)";

  @Test
  void theOtherProcessFinishesAJobWhoseChunkTheLostOneHoldsInATransaction() throws Exception {
    assumeTrue(SeparateNetwork.isPossible(), "Skipped: a network namespace needs root and ip");
    try (SeparateNetwork network = new SeparateNetwork();
        PostgresServer postgres = PostgresServer.start()) {
      postgres.letIn(network.addresses());
      try (ServiceProcess here =
              new ServiceProcess(
                  Map.of(
                      "DATABASE_URL", postgres.url(),
                      "NATS_URL", "none",
                      "BACKFILL_CHUNK_ROWS", "200"));
          ServiceProcess there =
              here.sibling()
                  .launchedBy(network.launcher())
                  .with("DATABASE_URL", postgres.url().replace("127.0.0.1", network.here()))) {
        here.start();
        there.launch();
        new Sessions(postgres.jdbc()).addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
        await("both processes").atMost(PATIENCE).until(() -> nodes(postgres) == 2);
        String job = here.client().start("sessions.csv", FILE).jobId();

        cutOffInATransaction(postgres, network, here, job);

        await("the job")
            .atMost(NOTICED)
            .until(
                () -> here.client().status(job).json().path("status").asText().equals("completed"));
        assertThat(
                here.client()
                    .get("/import/backfill/" + job + "/verify")
                    .json()
                    .path("consistent")
                    .asBoolean())
            .isTrue();
      }
    }
  }

  @Test
  @Tag("faults")
  void itIsCutOffAtRandomAndComesBackAndAnotherProcessIsKilledOrFrozenMeanwhile() throws Exception {
    assumeTrue(SeparateNetwork.isPossible(), "Skipped: a network namespace needs root and ip");
    try (SeparateNetwork network = new SeparateNetwork()) {
      PostgresServer postgres = PostgresServer.start();
      postgres.letIn(network.addresses());
      try (Scene scene = Scene.on(postgres, postgres.url(), LONGER_FILE);
          ServiceProcess second = scene.service().sibling();
          ServiceProcess far =
              scene
                  .service()
                  .sibling()
                  .launchedBy(network.launcher())
                  .with("DATABASE_URL", postgres.url().replace("127.0.0.1", network.here()))
                  .with("NATS_URL", "none")) {
        scene.start();
        second.launch();
        far.launch();
        Random random = new Random(SEED);
        LOG.info("{} rounds, seed {}", ROUNDS, SEED);
        for (int round = 1; round <= ROUNDS; round++) {
          second.awaitServing();
          await("all processes").atMost(PATIENCE).until(() -> nodes(postgres) == 3);
          scene.forgetJobs();
          String job = scene.startJob();
          disturb(network, second, random);
          scene.assertUndisturbed(job);
          LOG.info("{} rounds so far", round);
        }
      }
    }
  }

  private static void disturb(SeparateNetwork network, ServiceProcess second, Random random) {
    pass(Duration.ofMillis(random.nextInt(3_000)));
    network.cut();
    pass(Duration.ofMillis(random.nextInt(1_500)));
    boolean killed = random.nextBoolean();
    if (killed) {
      second.kill();
    } else {
      second.freeze();
    }
    pass(NOTICED);
    network.join();
    if (killed) {
      second.launch();
    } else {
      second.thaw();
    }
  }

  private static void pass(Duration time) {
    await().pollDelay(time).atMost(time.plus(NOTICED)).until(() -> true);
  }

  /**
   * The lost process has begun to write a chunk, which nobody else can write until that is over.
   */
  private static void cutOffInATransaction(
      PostgresServer postgres, SeparateNetwork network, ServiceProcess here, String job)
      throws Exception {
    try (Connection other = postgres.connect("holds up");
        Statement users = other.createStatement()) {
      other.setAutoCommit(false);
      users.execute("SELECT FROM users FOR UPDATE");
      here.client().resumeWithoutWaiting(job);
      await("a chunk's transaction of the other machine")
          .atMost(PATIENCE)
          .until(
              () ->
                  postgres
                      .jdbc()
                      .sql(FAR_AND_BLOCKED)
                      .param(network.there())
                      .query(Boolean.class)
                      .single());
      network.cut();
      other.rollback();
    }
  }

  private static int nodes(PostgresServer postgres) {
    return postgres.jdbc().sql("SELECT count(*) FROM backfill_nodes").query(Integer.class).single();
  }
}
