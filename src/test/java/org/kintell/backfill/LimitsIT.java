package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.ProblemAssert.assertProblem;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** What is larger than the service takes is refused, and leaves nothing behind. */
@IntegrationTest
@TestPropertySource(properties = {"BACKFILL_MAX_UPLOAD=100KB", "BACKFILL_MAX_UNPACKED=300KB"})
class LimitsIT {

  @Autowired BackfillClient client;
  @Autowired BackfillSettings settings;

  @Test
  void anUploadOverTheLimitIsRefused() throws IOException {
    assertProblem(client.start("x.csv", new byte[101 * 1024]), 413, "too-large", "gzip");
    assertProblem(client.start("x.csv", new byte[8 * 1024 * 1024]), 413, "too-large", "gzip");
    assertNothingKept();
  }

  @Test
  void anUploadThatUnpacksToMoreThanTheLimitIsRefused() {
    byte[] large = Packed.gzip(new byte[10 * 1024 * 1024]);
    assertProblem(client.start("x.csv.gz", large), 413, "too-large", "Split it");
    assertNothingKept();
  }

  @Test
  void anArchiveThatUnpacksToMoreThanTheLimitIsRefused() {
    byte[] large = Packed.zip("x.csv", new byte[10 * 1024 * 1024]);
    assertProblem(client.start("x.zip", large), 413, "too-large", "Split it");
    assertNothingKept();
  }

  private void assertNothingKept() {
    // The web server drops its copy of a request after it has answered it.
    await()
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              try (Stream<Path> kept = Files.walk(settings.dataDir())) {
                // The locks of this process's folder hold nothing.
                assertThat(
                        kept.filter(Files::isRegularFile).filter(file -> !file.endsWith(".lock")))
                    .isEmpty();
              }
            });
  }
}
