package org.kintell.backfill.cli.terminal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Numbers, times and tables as people read them, the same in every language. */
public final class Text {

  private static final int GAP = 2;
  private static final int SHORT_ID = 8;
  private static final double KILO = 1000;

  private Text() {}

  /** A text field of a document; empty where it is missing. */
  public static String text(JsonObject document, String field) {
    JsonElement value = document.get(field);
    return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
  }

  /** A whole number of a document; 0 where it is missing. */
  public static long number(JsonObject document, String field) {
    JsonElement value = document.get(field);
    return value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()
        ? 0
        : value.getAsLong();
  }

  /** {@code 1,000,000}. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 1 row}, {@code 2 rows}. */
  public static String count(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /** {@code 12.3 MB}. */
  public static String size(long bytes) {
    double value = bytes;
    for (String unit : List.of("B", "kB", "MB")) {
      if (value < KILO) {
        return unit.equals("B") ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, unit);
      }
      value /= KILO;
    }
    return String.format(Locale.ROOT, "%.1f GB", value);
  }

  /** {@code 5 s}, {@code 2 min 5 s}, {@code 3 h 2 min}. */
  public static String duration(Duration duration) {
    long seconds = Math.max(0, Math.round(duration.toMillis() / KILO));
    if (seconds < 60) {
      return seconds + " s";
    }
    return seconds < 3600
        ? "%d min %d s".formatted(seconds / 60, seconds % 60)
        : "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
  }

  /** The beginning of a job's id that people type. */
  public static String shortId(String jobId) {
    return jobId.substring(0, Math.min(SHORT_ID, jobId.length()));
  }

  /** A text of a server or a file without control characters. */
  public static String harmless(String text) {
    return text.replaceAll(
        "[\\p{Cntrl}\\x{80}-\\x{9f}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}]", "?");
  }

  /** Rows of equal length in columns, without blanks at the end; numbers stand to the right. */
  public static List<String> table(List<List<String>> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    boolean[] right = new boolean[columns];
    for (int i = 0; i < columns; i++) {
      int column = i;
      widths[i] = rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
      right[i] = rows.stream().skip(1).allMatch(row -> row.get(column).matches("[0-9,]*"));
    }
    return rows.stream().map(row -> line(row, widths, right)).toList();
  }

  private static String line(List<String> row, int[] widths, boolean... right) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String blanks = " ".repeat(widths[i] - row.get(i).length());
      line.append(right[i] ? blanks + row.get(i) : row.get(i) + blanks).append(" ".repeat(GAP));
    }
    return line.toString().stripTrailing();
  }

  /** Names and values below each other; pairs without a value are left out. */
  public static String pairs(List<List<String>> pairs) {
    List<List<String>> filled = pairs.stream().filter(pair -> !pair.get(1).isEmpty()).toList();
    int width = filled.stream().mapToInt(pair -> pair.get(0).length()).max().orElse(0) + GAP;
    return filled.stream()
        .map(pair -> pair.get(0) + " ".repeat(width - pair.get(0).length()) + pair.get(1))
        .collect(Collectors.joining("\n"));
  }
}
