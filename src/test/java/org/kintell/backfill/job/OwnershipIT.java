package org.kintell.backfill.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.ServiceProcess;

/**
 * Several processes try to run a job: it runs once, in one process at a time. The tests share a
 * service, which each of them leaves running.
 */
class OwnershipIT {

  private static final int ROWS = 15_000;
  private static final byte[] FILE = FaultFile.of(ROWS);
  private static final int SOME_ROWS = 2_000;
  private static final int FILES = 20;

  private static Database database;
  private static Scene scene;

  @BeforeAll
  static void start() {
    database = RealParts.newDatabase();
    scene = Scene.on(database, FILE).start();
  }

  @BeforeEach
  void forgetTheTestBefore() throws Exception {
    scene.forgetJobs();
  }

  @AfterAll
  static void close() {
    scene.close();
  }

  @Test
  @Tag("faults")
  void aSecondProcessTakesOverFromOneThatIsKilled() throws Exception {
    try (ServiceProcess other = scene.service().sibling().start()) {
      String job = scene.startJob();
      scene.awaitRows(SOME_ROWS);
      scene.service().kill();
      await()
          .atMost(Scene.PATIENCE)
          .ignoreExceptions()
          .until(
              () -> other.client().status(job).json().path("status").asText().equals("completed"));

      scene.service().start();

      scene.assertUndisturbed(job);
      assertThat(count(other, "Job taken over")).isEqualTo(1);
      assertThat(count(other, "Job completed, jobId: " + job)).isEqualTo(1);
    }
  }

  @Test
  @Tag("faults")
  void twoProcessesNeverLoadAChunkTwice() throws Exception {
    try (ServiceProcess other = scene.service().sibling().start()) {
      String job = scene.startJob();
      List<CompletableFuture<Answer>> resumes =
          IntStream.range(0, 10)
              .mapToObj(i -> i % 2 == 0 ? other : scene.service())
              .map(process -> CompletableFuture.supplyAsync(() -> process.client().resume(job)))
              .toList();

      assertThat(resumes).allMatch(resume -> resume.join().status() / 100 == 2);
      scene.assertUndisturbed(job);
      String running = "Job running, jobId: " + job;
      assertThat(count(scene.service(), running) + count(other, running)).isEqualTo(1);
    }
  }

  @Test
  @Tag("faults")
  void twoProcessesOnOneInboxPutEachFileIntoItsPlaceOnce() throws Exception {
    byte[] file = FaultFile.allBad(3_000);
    Set<String> expected = new TreeSet<>();
    try (ServiceProcess other = scene.service().sibling().start()) {
      for (int i = 1; i <= FILES; i++) {
        scene.dropIntoInbox("f" + i + ".csv", file);
        expected.add("done/f" + i + ".csv");
        expected.add("done/f" + i + ".errors.csv");
      }
      scene.awaitRejects(FILES / 2 * 3_000L);
      other.kill();

      await()
          .atMost(Scene.PATIENCE)
          .untilAsserted(() -> assertThat(scene.inbox()).containsExactlyElementsOf(expected));
      assertThat(scene.jobs()).hasSize(FILES);
    }
    Path done = scene.service().folder().resolve("inbox");
    for (String name : expected) {
      long lines = Files.readString(done.resolve(name)).lines().count();
      assertThat(lines).as(name).isEqualTo(3_001);
    }
  }

  @Test
  @Tag("faults")
  void twoClientsWhoResumeAtTheSameMomentGetOneRun() throws Exception {
    String job = scene.service().client().start("sessions.csv", FILE).jobId();
    CompletableFuture<Answer> one =
        CompletableFuture.supplyAsync(() -> scene.service().client().resume(job));
    CompletableFuture<Answer> two =
        CompletableFuture.supplyAsync(() -> scene.service().client().resume(job));

    assertThat(one.join().status() / 100).isEqualTo(2);
    assertThat(two.join().status() / 100).isEqualTo(2);
    scene.assertUndisturbed(job);
    assertThat(count(scene.service(), "Job running, jobId: " + job)).isEqualTo(1);
  }

  @Test
  @Tag("faults")
  void aJobSetToFailedByHandStopsAtTheNextChunkAndGoesOnWhenResumed() throws Exception {
    String job = scene.startJob();
    scene.awaitRows(SOME_ROWS);
    scene
        .jdbc()
        .sql("UPDATE backfill_jobs SET status = 'failed' WHERE id = ?")
        .param(UUID.fromString(job))
        .update();
    long atMost = loaded() + 2 * 200;
    await()
        .pollDelay(Duration.ofSeconds(3))
        .until(() -> scene.status(job).path("status").asText().equals("failed"));
    assertThat(loaded()).isLessThanOrEqualTo(atMost);
    scene.assertConsistent(job);

    assertThat(scene.service().client().resume(job).status() / 100).isEqualTo(2);

    scene.assertUndisturbed(job);
  }

  @Test
  void sigtermEndsItWithinTenSecondsAndTheNextStartGoesOn() throws Exception {
    String job = scene.startJob();
    scene.awaitRows(SOME_ROWS);

    assertThat(scene.service().stop()).isLessThan(Duration.ofSeconds(10));
    assertThat(loaded()).isLessThan(ROWS);

    scene.service().start();
    scene.assertUndisturbed(job);
    assertThat(Files.readString(scene.service().log())).doesNotContain(" ERROR ");
  }

  @Test
  void sigtermEndsItInTimeAlsoWhileAStatementWaitsInTheDatabase() throws Exception {
    database.holdUpWhen("NEW.state = 'loaded'");
    String job = scene.startJob();
    database.awaitHeldUp();

    assertThat(scene.service().stop()).isLessThan(Duration.ofSeconds(10));

    database.letGo();
    scene.service().start();
    scene.assertUndisturbed(job);
  }

  private long loaded() {
    return scene
        .jdbc()
        .sql("SELECT coalesce(sum(row_count), 0) FROM backfill_chunks WHERE state = 'loaded'")
        .query(Long.class)
        .single();
  }

  private static long count(ServiceProcess process, String text) throws Exception {
    return Files.readString(process.log()).lines().filter(line -> line.contains(text)).count();
  }
}
