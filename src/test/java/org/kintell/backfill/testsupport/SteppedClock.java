package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The time of day of some processes, which can be set while they run (libfaketime). Durations do
 * not change, as with a real clock.
 */
public final class SteppedClock {

  private static final Path LIBRARY = find();

  private final Path offset;

  /**
   * @param folder for the file that those processes read
   */
  public SteppedClock(Path folder) {
    offset = folder.resolve("clock");
    step(Duration.ZERO);
  }

  /** Environment of a process that uses this clock. */
  public Map<String, String> environment() {
    return Map.of(
        "LD_PRELOAD",
        LIBRARY.toString(),
        "FAKETIME_TIMESTAMP_FILE",
        offset.toString(),
        "FAKETIME_NO_CACHE",
        "1",
        "FAKETIME_DONT_FAKE_MONOTONIC",
        "1");
  }

  /** Sets it to an offset from the true time, at once. */
  public void step(Duration fromTrueTime) {
    try {
      Path next = offset.resolveSibling("clock.next");
      Files.writeString(next, "%+d\n".formatted(fromTrueTime.toSeconds()));
      Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path find() {
    try (Stream<Path> files = Files.walk(DebianPackage.fetched("libfaketime").resolve("usr/lib"))) {
      return files.filter(path -> path.endsWith("libfaketime.so.1")).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
