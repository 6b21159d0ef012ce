package org.kintell.backfill.testsupport;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/** A sessions file with every kind of bad row. */
public final class FaultFile {

  private FaultFile() {}

  /**
   * Rows of which some are bad, some cannot be read, and some repeat an earlier id: of a good row,
   * and of a bad one, whose place they take.
   */
  public static byte[] of(int rows) {
    StringBuilder file = new StringBuilder(SessionFiles.HEADER);
    IntStream.rangeClosed(1, rows).forEach(row -> file.append(line(row)));
    return file.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Five rows with each id, some of them bad, so that it shows in which order they were loaded. */
  public static byte[] ofRepeats(int rows) {
    StringBuilder file = new StringBuilder(SessionFiles.HEADER);
    IntStream.rangeClosed(1, rows)
        .forEach(
            row ->
                file.append(
                    SessionFiles.row(
                        "S-" + row % (rows / 5),
                        row % 7 == 0 ? "9" : String.valueOf(row % 4 + 1))));
    return file.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Rows each of which becomes a reject. */
  public static byte[] allBad(int rows) {
    StringBuilder file = new StringBuilder(SessionFiles.HEADER);
    IntStream.rangeClosed(1, rows).forEach(row -> file.append(SessionFiles.row("S-" + row, "9")));
    return file.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String line(int row) {
    if (row % 97 == 0) {
      return SessionFiles.row("S-" + row / 2, "4");
    }
    if (row % 83 == 0) {
      return "S-" + row + ",too,few\n";
    }
    return SessionFiles.row("S-" + row, row % 40 == 0 ? "9" : "4.5");
  }
}
