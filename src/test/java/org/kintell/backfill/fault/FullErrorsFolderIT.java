package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.SessionFiles;

/**
 * The folder for error files is on a disk that is full before an error file is complete. The disk
 * is a small tmpfs, so this needs root on Linux.
 */
@Tag("faults")
class FullErrorsFolderIT {

  private static final int JOBS = 3;
  private static final int POLLERS = 6;

  /** Minimum number of requests of each poller. */
  private static final int QUESTIONS = 500;

  private static final byte[] ALL_BAD = FaultFile.allBad(3_000);

  /** No answer is another job's, and a simultaneous job is imported completely. */
  @Test
  void nobodyGetsTheAnswerToAnotherQuestion() throws Exception {
    try (Scene scene = Scene.with(SessionFiles.good(150_000))) {
      Path errors = Files.createDirectory(scene.service().folder().resolve("small"));
      assumeTrue(
          run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", errors.toString()),
          "no tmpfs can be mounted here: that takes root on Linux");
      try {
        scene.service().with("BACKFILL_ERRORS_DIR", errors.toString());
        scene.start();
        importBeside(scene);
        try (var left = Files.list(errors)) {
          assertThat(left).isEmpty();
        }
      } finally {
        scene.service().close();
        run("umount", errors.toString());
      }
    }
  }

  private static void importBeside(Scene scene) {
    String healthy = scene.startJob();
    List<String> jobs =
        IntStream.range(0, JOBS)
            .mapToObj(
                job ->
                    scene
                        .service()
                        .client()
                        .start("/import/backfill/start?autostart=true", ALL_BAD, 202))
            .toList();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger asked = new AtomicInteger();
    List<CompletableFuture<Void>> pollers =
        IntStream.range(0, POLLERS)
            .mapToObj(
                poller ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int i = 0; i < QUESTIONS || !over.get(); i++) {
                            assertIsOf(scene, jobs.get(i % JOBS));
                            asked.incrementAndGet();
                          }
                        }))
            .toList();
    try {
      jobs.forEach(scene::awaitOver);
      scene.awaitOver(healthy);
    } finally {
      over.set(true);
    }
    pollers.forEach(CompletableFuture::join);

    assertThat(asked).hasValueGreaterThanOrEqualTo(POLLERS * QUESTIONS);
    scene.assertConsistent(healthy);
    assertThat(scene.status(healthy).path("successfulRows").asInt()).isEqualTo(150_000);
    for (String job : jobs) {
      JsonNode status = scene.status(job);
      assertThat(status.path("failedRows").asInt()).isEqualTo(3_000);
      assertThat(status.path("message").asText()).contains("/import/backfill/" + job + "/errors");
      assertThat(status.has("errorFilePath")).isFalse();
      assertThat(scene.service().client().errors(job).text().lines()).hasSize(3_001);
    }
  }

  private static void assertIsOf(Scene scene, String job) {
    Answer answer = scene.service().client().status(job);
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.jobId()).isEqualTo(job);
    assertThat(answer.json().path("totalRows").asInt()).isEqualTo(3_000);
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
