package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BlockedStatements;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.PostgresServer;
import org.kintell.backfill.testsupport.SeparateNetwork;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;

/** A machine whose network is gone does not say so: nothing tells PostgreSQL that it is. */
class LostMachineIT {

  private static final byte[] FILE = FaultFile.of(10_000);
  private static final Duration NOTICED = Duration.ofSeconds(15);

  @Test
  void theOtherProcessFinishesTheJobOfAMachineThatIsCutOffInTheMiddleOfATransaction()
      throws Exception {
    assumeTrue(SeparateNetwork.isPossible(), "Skipped: a network namespace needs root and ip");
    try (SeparateNetwork network = new SeparateNetwork();
        PostgresServer postgres = PostgresServer.start()) {
      postgres.letIn(network.addresses());
      try (ServiceProcess here =
              new ServiceProcess(
                      Map.of(
                          "DATABASE_URL", postgres.url(),
                          "NATS_URL", "none",
                          "BACKFILL_CHUNK_ROWS", "200"))
                  .start();
          ServiceProcess there =
              here.sibling()
                  .launchedBy(network.launcher())
                  .with("BACKFILL_INBOX_DIR", here.folder().resolve("far-inbox").toString())
                  .with("DATABASE_URL", postgres.url().replace("127.0.0.1", network.here()))) {
        new Sessions(postgres.jdbc()).addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
        cutOffInATransaction(postgres, network, there, here.folder().resolve("far-inbox"));

        await("the job")
            .atMost(NOTICED)
            .until(() -> statuses(postgres).equals(List.of("completed")));

        assertThat(verification(here, postgres)).isTrue();
      }
    }
  }

  /** The far process has written rows of a chunk, which nobody else can write until it is over. */
  private static void cutOffInATransaction(
      PostgresServer postgres, SeparateNetwork network, ServiceProcess there, Path inbox)
      throws Exception {
    try (Connection other = postgres.connect("holds up");
        Statement users = other.createStatement()) {
      other.setAutoCommit(false);
      users.execute("SELECT * FROM users FOR UPDATE");
      there.launch();
      Files.createDirectories(inbox);
      Files.write(inbox.resolve("sessions.csv"), FILE);
      await("a chunk's transaction")
          .atMost(Duration.ofMinutes(2))
          .until(() -> !BlockedStatements.in(postgres.jdbc(), "COPY kintell_sessions").isEmpty());
      network.cut();
      other.rollback();
    }
  }

  private static List<String> statuses(PostgresServer postgres) {
    return postgres.jdbc().sql("SELECT status FROM backfill_jobs").query(String.class).list();
  }

  private static boolean verification(ServiceProcess here, PostgresServer postgres) {
    String job =
        postgres.jdbc().sql("SELECT id::text FROM backfill_jobs").query(String.class).single();
    return here.client()
        .get("/import/backfill/" + job + "/verify")
        .json()
        .path("consistent")
        .asBoolean();
  }
}
