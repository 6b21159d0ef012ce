package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.SmallDisk;

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
  void noRequestGetsTheAnswerToAnotherOne() throws Exception {
    try (Scene scene = Scene.with(SessionFiles.good(150_000))) {
      try (SmallDisk errors = SmallDisk.at(scene.service().folder().resolve("small"), "64k");
          ServiceProcess service = scene.service()) {
        service.with("BACKFILL_ERRORS_DIR", errors.folder().toString());
        scene.start();
        importBeside(scene);
        try (var left = Files.list(errors.folder())) {
          assertThat(left).isEmpty();
        }
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
}
