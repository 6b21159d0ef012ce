package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.PostgresServer;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.TcpProxy;

/** The database fails under three processes that load one job. */
@Tag("faults")
class ThreeProcessesOutageIT {

  private static final byte[] FILE = FaultFile.of(60_000);
  private static final int SOME_ROWS = 3_000;

  private final PostgresServer postgres = PostgresServer.start();
  private final TcpProxy wire = new TcpProxy(postgres.port());
  private final Scene scene = Scene.through(wire, postgres::close, FILE);
  private final ServiceProcess second = scene.service().sibling();
  private final ServiceProcess third = scene.service().sibling();

  @BeforeEach
  void start() {
    second.launch();
    third.launch();
    scene.start();
    second.awaitServing();
    third.awaitServing();
  }

  @AfterEach
  void close() {
    second.close();
    third.close();
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
  void allConnectionsAreTerminatedTenTimes() throws Exception {
    String job = scene.startJob();
    for (int i = 1; i <= 10; i++) {
      scene.awaitRows(i * SOME_ROWS);
      assertThat(postgres.terminateConnections()).isPositive();
    }

    scene.assertUndisturbed(job);
  }

  /** Whatever was committed is on both servers. */
  @Test
  void aStandbyIsPromoted() throws Exception {
    PostgresServer standby = postgres.withStandby();
    try {
      String job = scene.startJob();
      scene.awaitRows(2 * SOME_ROWS);
      wire.cut();
      postgres.crash();
      standby.promote();
      wire.leadTo(standby.port());
      wire.letPass();

      scene.assertUndisturbed(job);
    } finally {
      standby.crash();
    }
  }
}
