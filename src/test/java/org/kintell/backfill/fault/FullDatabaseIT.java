package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.PostgresServer;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.SmallDisk;

/**
 * The disk of the database is full: a tablespace on a small tmpfs holds the service's tables, so
 * this test takes root on Linux.
 */
@Tag("faults")
class FullDatabaseIT {

  private static final byte[] SMALL = FaultFile.of(2_000);

  private final PostgresServer server = PostgresServer.start();
  private final Scene scene = Scene.on(server, server.url(), SMALL);
  private final SmallDisk disk =
      SmallDisk.at(scene.service().folder().resolve("disk").toAbsolutePath(), "8m");

  @BeforeEach
  void moveTables() throws IOException {
    scene.start();
    Path space = Files.createDirectory(disk.folder().resolve("space"));
    scene.jdbc().sql("CREATE TABLESPACE small LOCATION '" + space + "'").update();
    for (String table : List.of("backfill_jobs", "backfill_chunks", "kintell_sessions")) {
      scene.jdbc().sql("ALTER TABLE " + table + " SET TABLESPACE small").update();
    }
  }

  @AfterEach
  void unmount() {
    scene.close();
    disk.close();
  }

  @Test
  void oneLineSaysThatItIsFullAndOneThatItIsOver() throws Exception {
    Path filler = disk.fill();
    await()
        .atMost(Scene.PATIENCE)
        .pollInterval(1, TimeUnit.MILLISECONDS)
        .until(() -> start().status() == 507);
    for (int i = 0; i < 20; i++) {
      Answer refused = start();
      assertThat(refused.status()).as(refused.text()).isEqualTo(507);
      assertThat(refused.json().path("detail").asText()).contains("database is out of disk space");
    }
    assertThat(lines("Database is out of disk space")).hasSize(1);
    assertThat(lines(" ERROR ")).isEmpty();

    Files.delete(filler);

    await()
        .atMost(Scene.PATIENCE)
        .until(() -> lines("No statement has failed for lack of disk space").size() == 1);
    assertThat(start().status()).isEqualTo(201);
  }

  private Answer start() {
    return scene.service().client().start("small.csv", SMALL);
  }

  private List<String> lines(String text) throws IOException {
    try (Stream<String> lines = Files.lines(scene.service().log())) {
      return lines.filter(line -> line.contains(text)).toList();
    }
  }
}
