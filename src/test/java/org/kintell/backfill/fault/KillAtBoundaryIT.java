package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.Scene;

/** The service is killed at a given boundary, and continues with the same result. */
class KillAtBoundaryIT {

  private static final byte[] FILE = FaultFile.of(10_000);
  private static final String CLOSES_CHUNK_7 = "NEW.state = 'loaded' AND NEW.chunk_no = 7";

  private final Database database = RealParts.newDatabase();
  Scene scene;

  @AfterEach
  void close() {
    scene.close();
  }

  /** Sets up the service before its first start. */
  Scene set(Scene scene) {
    return scene;
  }

  private void scene(byte[] file) {
    scene = set(Scene.on(database, file)).start();
  }

  @Test
  void betweenCopyAndCommit() throws Exception {
    scene(FILE);
    database.holdUpWhen(CLOSES_CHUNK_7);
    String job = scene.startJob();
    killWhereItIsHeldUp();

    scene.assertUndisturbed(job);
  }

  @Test
  @Tag("faults")
  void afterTheUploadIsStoredAndBeforeItsJobIs() throws Exception {
    scene(FILE);
    database.holdUp("BEFORE INSERT ON backfill_jobs FOR EACH ROW");
    CompletableFuture<Void> upload =
        CompletableFuture.runAsync(scene::startJob).exceptionally(failure -> null);
    database.awaitHeldUp();
    scene.service().kill();
    database.letGo();
    upload.join();
    assertThat(isUploadStored()).isTrue();
    ageUploads(Duration.ofDays(2));

    scene.service().start();

    assertThat(scene.jobs()).isEmpty();
    await().atMost(Scene.PATIENCE).until(() -> !isUploadStored());
    scene.assertUndisturbed(scene.startJob());
  }

  @Test
  @Tag("faults")
  void afterAnInboxFileIsStoredAndBeforeItsJobIs() throws Exception {
    scene(FILE);
    database.holdUp("BEFORE INSERT ON backfill_jobs FOR EACH ROW");
    scene.dropIntoInbox();
    killWhereItIsHeldUp();

    scene.assertDone();
    scene.assertUndisturbed(scene.jobs().get(0));
  }

  @Test
  @Tag("faults")
  void betweenTheJobAndItsPlaceInTheQueue() throws Exception {
    scene(FILE);
    database.holdUp(
        "BEFORE UPDATE ON backfill_jobs FOR EACH ROW WHEN (OLD.queued_at IS NULL AND NEW.queued_at"
            + " IS NOT NULL)");
    scene.dropIntoInbox();
    killWhereItIsHeldUp();

    scene.assertDone();
    scene.assertUndisturbed(scene.jobs().get(0));
  }

  @Test
  @Tag("faults")
  void whileIndexing() throws Exception {
    // Blank lines are read and ignored: they make the index slow, but not the import.
    String blank = "\n".repeat(60_000_000);
    scene((new String(FILE, StandardCharsets.UTF_8) + blank).getBytes(StandardCharsets.UTF_8));
    Path data = scene.service().folder().resolve("data");
    scene.dropIntoInbox();
    awaitMoment(() -> holds(data, ".plan"));
    scene.service().kill();
    assertThat(scene.jobs()).isEmpty();

    scene.service().start();

    scene.assertDone();
    scene.assertUndisturbed(scene.jobs().get(0));
    assertThat(holds(data, ".plan") || holds(data, ".part")).isFalse();
  }

  @Test
  @Tag("faults")
  void betweenCommitAndPublish() throws Exception {
    scene(FILE);
    database.holdUpWhen("OLD.publisher IS NULL AND NEW.publisher IS NOT NULL AND NEW.chunk_no = 3");
    String job = scene.startJob();
    killWhereItIsHeldUp();

    scene.assertUndisturbed(job);
  }

  @Test
  @Tag("faults")
  void betweenPublishAndItsNote() throws Exception {
    scene(FILE);
    database.holdUpWhen("OLD.published_at IS NULL AND NEW.published_at IS NOT NULL");
    String job = scene.startJob();
    killWhereItIsHeldUp();

    scene.assertUndisturbed(job);
  }

  @Test
  void whileTheErrorFileIsWritten() throws Exception {
    scene(FaultFile.allBad(40_000));
    String job = scene.startJob();
    awaitMoment(this::isErrorFileBegun);
    scene.service().kill();
    assertThat(isErrorFileThere()).isFalse();

    scene.service().start();

    scene.awaitOver(job);
    scene.assertConsistent(job);
    String file = errorFile(scene.status(job).path("errorFilePath").asText());
    assertThat(file.equals(scene.service().client().errors(job).text())).isTrue();
    assertThat(file.lines()).hasSize(40_001);
    assertThat(isErrorFileBegun()).isFalse();
  }

  @Test
  @Tag("faults")
  void betweenTheErrorFileAndTheEndOfTheJob() throws Exception {
    scene(FILE);
    database.holdUp("BEFORE UPDATE ON backfill_jobs FOR EACH ROW WHEN (NEW.status = 'completed')");
    String job = scene.startJob();
    killWhereItIsHeldUp();

    scene.assertUndisturbed(job);
  }

  @Test
  @Tag("faults")
  void whileTheInboxFileIsMoved() throws Exception {
    scene(FaultFile.allBad(40_000));
    scene.dropIntoInbox();
    Path inbox = scene.service().folder().resolve("inbox");
    awaitMoment(() -> holds(inbox.resolve(".claimed"), ".part"));
    scene.service().kill();

    scene.service().start();

    await()
        .atMost(Scene.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(scene.inbox())
                    .containsExactly("done/sessions.csv", "done/sessions.errors.csv"));
    assertThat(Files.readString(inbox.resolve("done/sessions.errors.csv")).lines()).hasSize(40_001);
    scene.assertConsistent(scene.jobs().get(0));
  }

  boolean isUploadStored() {
    return holds(uploads(), ".csv");
  }

  /** Sets the time at which files were stored back. */
  void ageUploads(Duration age) throws IOException {
    ageBy(uploads(), age);
  }

  boolean isErrorFileBegun() {
    return holds(errors(), ".part");
  }

  boolean isErrorFileThere() {
    return holds(errors(), ".csv");
  }

  String errorFile(String path) throws IOException {
    return Files.readString(Path.of(path));
  }

  private Path uploads() {
    return scene.service().folder().resolve("data").resolve("uploads");
  }

  private Path errors() {
    return scene.service().folder().resolve("errors");
  }

  private static void ageBy(Path folder, Duration age) throws IOException {
    FileTime then = FileTime.from(Instant.now().minus(age));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.setLastModifiedTime(file, then);
      }
    }
  }

  private static void awaitMoment(Callable<Boolean> moment) {
    await("the moment").pollInterval(Duration.ofMillis(1)).atMost(Scene.PATIENCE).until(moment);
  }

  static boolean holds(Path folder, String extension) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.anyMatch(path -> path.toString().endsWith(extension));
    } catch (IOException | UncheckedIOException e) {
      // It does not exist yet, or no longer.
      return false;
    }
  }

  /** Kills the process at the breakpoint, and starts it again. */
  private void killWhereItIsHeldUp() {
    database.awaitHeldUp();
    scene.service().kill();
    database.letGo();

    scene.service().start();
  }
}
