package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Files that a request may have left behind. */
public final class Leftovers {

  private Leftovers() {}

  /** The web server drops its copy of a request after it has answered it. */
  public static void assertNoneIn(Path folder) {
    await()
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              try (Stream<Path> kept = Files.walk(folder)) {
                // Lock files are empty, and the secret belongs to no request.
                assertThat(
                        kept.filter(Files::isRegularFile)
                            .filter(
                                file ->
                                    !file.endsWith(".lock") && !file.endsWith("console.secret")))
                    .isEmpty();
              }
            });
  }
}
