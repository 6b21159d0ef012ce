package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.PostgresServer;
import org.kintell.backfill.testsupport.SeparateNetwork;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;

/** A machine whose network is cut: nothing tells PostgreSQL or the other process of it. */
class LostMachineIT {

  private static final byte[] FILE = FaultFile.of(10_000);
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
