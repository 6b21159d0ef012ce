package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.component.file.GenericFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.config.BackfillSettings;
import org.springframework.util.unit.DataSize;

class StableSizeReadLockTest {

  private static final Duration QUIET = Duration.ofMillis(200);
  private static final DataSize ENOUGH = DataSize.ofMegabytes(1);

  @TempDir Path folder;

  private StableSizeReadLock written;
  private Path path;
  private final GenericFile<File> file = new GenericFile<>();

  @BeforeEach
  void writeFile() throws IOException {
    written =
        new StableSizeReadLock(
            new BackfillSettings(
                4,
                folder,
                BackfillSettings.FOLDER,
                folder,
                QUIET,
                "UTF-8",
                folder,
                1,
                "auto",
                1,
                16,
                1,
                ENOUGH,
                ENOUGH,
                0,
                1,
                0,
                ""));
    path = Files.writeString(folder.resolve("x.csv"), "a");
    file.setFile(path.toFile());
    file.setFileNameOnly("x.csv");
  }

  @Test
  void aFileIsTakenWhenItHasBeenTheSameForAWhile() throws IOException {
    assertThat(takenAfter()).isGreaterThanOrEqualTo(QUIET);
    Files.writeString(path, "ab");
    assertThat(takenAfter()).isGreaterThanOrEqualTo(QUIET);
  }

  @Test
  void eachTimeThatItWasTakenTooEarlyItHasToBeTheSameForTwiceAsLong() {
    written.tookTooEarly("x.csv");
    assertThat(takenAfter()).isGreaterThanOrEqualTo(QUIET.multipliedBy(2));
    written.tookTooEarly("x.csv");
    assertThat(takenAfter()).isGreaterThanOrEqualTo(QUIET.multipliedBy(4));
    // Other files keep the usual time.
    file.setFileNameOnly("y.csv");
    assertThat(takenAfter()).isLessThan(QUIET.multipliedBy(4));
  }

  /** From the first check on. */
  private Duration takenAfter() {
    long start = System.nanoTime();
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(() -> written.acquireExclusiveReadLock(null, file, null));
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
