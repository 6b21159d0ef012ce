package org.kintell.backfill.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.S3Server;
import org.kintell.backfill.testsupport.Scene;

/** The object store is away in the middle of a job; the job waits for it, as for the database. */
class ObjectStoreOutageIT {

  private static final byte[] FILE = FaultFile.of(40_000);
  private static final String PREFIX = "outage";
  private static final Duration OUTAGE = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofSeconds(15);

  private final S3Server s3 = S3Server.start();
  private final Scene scene = Scene.with(FILE).in(s3, PREFIX);

  @BeforeEach
  void start() {
    scene.start();
  }

  @AfterEach
  void close() {
    scene.close();
    s3.close();
  }

  @Test
  @Tag("faults")
  void itCannotBeReachedWhileAJobIsLoaded() throws Exception {
    String job = scene.startJob();
    scene.awaitRows(3_000);
    s3.wire().cut();
    pass(Duration.ofSeconds(8));
    Answer health = scene.service().client().get("/health");
    assertThat(health.status()).isEqualTo(200);
    assertThat(health.json().path("store").asText()).isNotEqualTo("ok");
    s3.wire().letPass();

    scene.assertUndisturbed(job);
    assertThat(scene.service().client().get("/health").json().path("store").asText())
        .isEqualTo("ok");
    assertLoggedOnce();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("faults")
  void itIsAwayForHalfAMinute(boolean silent) throws Exception {
    String job = scene.startJob();
    scene.awaitRows(3_000);
    if (silent) {
      s3.wire().holdUp();
    } else {
      s3.wire().cut();
    }
    pass(OUTAGE);
    s3.wire().letPass();

    scene.assertUndisturbed(job);
    assertLoggedOnce();
  }

  @Test
  void anUploadIsRefusedAndLeavesNothing() throws Exception {
    s3.wire().cut();
    Answer refused = scene.service().client().start("sessions.csv", FILE);
    assertThat(refused.status()).as(refused.text()).isEqualTo(503);
    assertThat(refused.header("Retry-After")).isNotNull();
    assertThat(refused.json().path("type").asText()).endsWith("store-unavailable");
    assertThat(scene.jobs()).isEmpty();
    assertThat(leftovers()).isEmpty();
    s3.wire().letPass();
    // Nobody uses the store: the service itself finds out that it is back.
    await()
        .atMost(SHORT)
        .until(
            () ->
                scene.service().client().get("/health").json().path("store").asText().equals("ok"));
    assertThat(s3.keys(PREFIX)).containsExactly(PREFIX + "/check");

    scene.assertUndisturbed(scene.startJob());
    assertLoggedOnce();
  }

  @Test
  @Tag("faults")
  void anUploadThatIsCutOffIsRefused() throws Exception {
    s3.wire().holdUpAfter(1_000_000);
    CompletableFuture<Answer> refused =
        CompletableFuture.supplyAsync(() -> scene.service().client().start("sessions.csv", FILE));
    await().atMost(SHORT).until(() -> s3.requests("PUT", PREFIX + "/uploads/").size() == 1);
    pass(Duration.ofSeconds(1));
    s3.wire().cut();
    assertThat(refused.join().status()).as(refused.join().text()).isEqualTo(503);
    assertThat(scene.jobs()).isEmpty();
  }

  /** A line when it goes, a line when it is back. */
  private void assertLoggedOnce() throws IOException {
    List<String> log = Files.readAllLines(scene.service().log());
    assertThat(log)
        .filteredOn(line -> line.contains("WARN") || line.contains("ERROR"))
        .singleElement()
        .asString()
        .contains("Object store is away since ", "s3://kintell/outage/");
    assertThat(log).filteredOn(line -> line.contains("Object store is back after")).hasSize(1);
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> files = Files.walk(scene.service().folder().resolve("data"))) {
      return files
          .filter(file -> file.toString().matches(".*[.](csv|part|plan|object|upload)"))
          .toList();
    }
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    await().atMost(time.plusSeconds(10)).until(() -> System.nanoTime() >= end);
  }
}
