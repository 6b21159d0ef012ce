package org.kintell.backfill.testsupport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/** Files that a request may have left behind. */
public final class Leftovers {

  /** Lock files are empty; the others belong to the folder. */
  private static final Set<String> NOT_OF_A_REQUEST =
      Set.of(".lock", "console.secret", "folder.id");

  private Leftovers() {}

  /** The web server drops its copy of a request after it has answered it. */
  public static void assertNoneIn(Path folder) {
    await()
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              try (Stream<Path> kept = Files.walk(folder)) {
                assertThat(
                        kept.filter(Files::isRegularFile)
                            .filter(file -> NOT_OF_A_REQUEST.stream().noneMatch(file::endsWith)))
                    .isEmpty();
              }
            });
  }
}
