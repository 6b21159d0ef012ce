package org.kintell.backfill.fault;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.SmallDisk;

/**
 * The data folder, or the inbox, is on a full disk. The disks are small tmpfs, so this test must
 * run as root on Linux; elsewhere it fails with that message.
 */
@Tag("faults")
class FullDiskIT {

  private static final byte[] SMALL = FaultFile.of(20_000);
  private static final byte[] LARGE = FaultFile.of(300_000);

  private final Scene scene = Scene.with(SMALL);
  private final Path disk = scene.service().folder().resolve("disk");
  private final Path inbox = scene.service().folder().resolve("inbox");
  private final Path errors = scene.service().folder().resolve("errors");

  private final Map<Path, SmallDisk> disks =
      Stream.of(disk, inbox, errors)
          .collect(toMap(Function.identity(), folder -> SmallDisk.at(folder, "24m")));

  @BeforeEach
  void start() {
    scene.service().with("BACKFILL_DATA_DIR", disk.resolve("data").toString());
    scene.start();
  }

  @AfterEach
  void unmount() {
    scene.close();
    disks.values().forEach(SmallDisk::close);
  }

  @Test
  void anUploadThatDoesNotFitIsRefusedAndLeavesRoomForOneThatDoes() throws Exception {
    for (int i = 0; i < 3; i++) {
      Answer answer = scene.service().client().start("large.csv", LARGE);
      assertThat(answer.status()).as(answer.text()).isEqualTo(507);
      assertThat(answer.json().path("detail").asText()).isNotBlank();
    }
    assertThat(scene.jobs()).isEmpty();
    assertThat(log()).doesNotContain("ERROR");
    // It may have been measured in the middle of an upload.
    assertThat(log().lines().filter(line -> line.contains("WARN")))
        .hasSizeBetween(1, 2)
        .allMatch(line -> line.contains("Uploads do not fit") || line.contains("Disk full"))
        .allMatch(line -> line.contains("BACKFILL_DATA_DIR=" + disk.resolve("data")))
        .doesNotHaveDuplicates();

    scene.assertUndisturbed(scene.startJob());
    try (Stream<Path> files = Files.walk(disk)) {
      assertThat(files.map(Path::toString))
          .noneMatch(
              path -> path.endsWith(".part") || path.endsWith(".plan") || path.endsWith(".tmp"));
    }
  }

  @Test
  void anInboxFileThatDoesNotFitStaysAndIsImportedWhenThereIsRoom() throws Exception {
    Path filler = Files.write(disk.resolve("filler"), new byte[23 * 1024 * 1024]);
    scene.dropIntoInbox();
    awaitNoSpace();
    assertThat(scene.jobs()).isEmpty();

    Files.delete(filler);

    scene.assertDone();
    scene.assertUndisturbed(scene.jobs().get(0));
  }

  /** The rows are imported nevertheless; only the error file has to wait. */
  @Test
  void theErrorFileOfAnInboxFileWaitsForRoomInTheInbox() throws Exception {
    scene.dropIntoInbox();
    Path filler = disks.get(inbox).fill();
    awaitNoSpace();
    String job = scene.jobs().get(0);
    scene.awaitOver(job);

    Files.delete(filler);

    scene.assertDone();
    scene.assertUndisturbed(job);
  }

  @Test
  void aFileThatIsOfNoUseDoesNotWaitForRoomForItsReason() throws Exception {
    Path useless = Files.writeString(inbox.resolve(".useless"), "no,columns\n1,2\n");
    disks.get(inbox).fill();

    Files.move(useless, inbox.resolve("useless.csv"));

    await()
        .atMost(Scene.PATIENCE)
        .until(() -> Files.exists(inbox.resolve("failed").resolve("useless.csv")));
    awaitNoSpace();
  }

  /** For each folder: a line in the log, a field of the health, a metric, and their end. */
  @Test
  void aFullFolderIsNamedInLogHealthAndMetrics() throws Exception {
    Map<String, Path> folders = Map.of("data", disk, "inbox", inbox, "errors", errors);
    for (String name : List.of("data", "inbox", "errors")) {
      Path folder = folders.get(name);
      String variable = "BACKFILL_%s_DIR".formatted(name.toUpperCase(Locale.ROOT));
      Path filler = disks.get(folder).fill();
      await()
          .atMost(Scene.PATIENCE)
          .until(() -> log().contains("Disk full: " + variable + "=" + folder));
      assertThat(scene.service().client().get("/health").json().path("disk").asText())
          .isEqualTo(variable + " is full");
      assertThat(scene.service().client().get("/actuator/prometheus").text())
          .containsPattern("kintell_folder_free_bytes\\{folder=\"%s\"} 0\\.0".formatted(name));
      Files.delete(filler);
      await()
          .atMost(Scene.PATIENCE)
          .until(() -> log().contains("Disk no longer full: " + variable));
      assertThat(scene.service().client().get("/health").json().path("disk").asText())
          .isEqualTo("ok");
    }
    assertThat(log().lines().filter(line -> line.contains("Disk full"))).hasSize(3);
  }

  private String log() throws IOException {
    return Files.readString(scene.service().log());
  }

  private void awaitNoSpace() {
    await()
        .atMost(Scene.PATIENCE)
        .until(() -> Files.readString(scene.service().log()).contains("No space left"));
  }
}
