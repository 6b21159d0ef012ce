package org.kintell.backfill.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.cli.terminal.Progress.Step;

/** Lines of progress where there is no terminal. */
class ProgressTest {

  private static final Step UPLOADED = new Step("march.csv", "uploaded", List.of("100 %"));
  private static final String LINE = "march.csv  uploaded  100 %\n";

  private final ByteArrayOutputStream error = new ByteArrayOutputStream();
  private final Terminal none = new Terminal(false, false, false, false);
  private final Output output = new Output(OutputStream.nullOutputStream(), error);

  private String written() {
    return error.toString(StandardCharsets.UTF_8);
  }

  @Test
  void theLastStepIsRepeatedWhileNothingMovesAndNotAfterItsEnd() {
    try (Progress progress = new Progress(none, output, 2, true, Duration.ofMillis(100))) {
      progress.show(1, UPLOADED);
      await().until(() -> written().startsWith(LINE.repeat(3)));
      progress.end(1);
      String atTheEnd = written();
      await()
          .during(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(2))
          .until(() -> written().equals(atTheEnd));
    }
  }

  @Test
  void aStepThatIsShownOftenIsWrittenOnce() {
    try (Progress progress = new Progress(none, output, 1, true, Duration.ofHours(1))) {
      for (int i = 0; i < 100; i++) {
        progress.show(0, UPLOADED);
      }
      assertThat(written()).isEqualTo(LINE);
      progress.show(0, new Step("march.csv", "running", List.of()));
      assertThat(written()).isEqualTo(LINE + "march.csv  running\n");
    }
  }
}
