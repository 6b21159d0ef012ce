package org.kintell.backfill.inbox;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** File names that overwrite nothing and are short enough for {@code .errors.csv}. */
final class UniqueFileNames {

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** File systems allow 255 bytes. */
  private static final int LONGEST_STEM = 255 - ArchiveFolder.ERRORS.length();

  private UniqueFileNames() {}

  /** The name, with a time stamp if it is taken. */
  static Path in(Path folder, String name) {
    Path plain = plain(folder, name);
    return Files.exists(plain) ? stamped(folder, name) : plain;
  }

  /** The name, shortened if necessary. */
  static Path plain(Path folder, String name) {
    return with(folder, name, "");
  }

  static Path stamped(Path folder, String name) {
    return with(folder, name, "-" + STAMP.format(Instant.now()));
  }

  private static Path with(Path folder, String name, String stamp) {
    int end = extension(name);
    String stem = shortened(name.substring(0, end), LONGEST_STEM - stamp.length());
    return folder.resolve(stem + stamp + name.substring(end));
  }

  /** The name without {@code .csv}, {@code .csv.gz}, {@code .zip} or {@code .xlsx}. */
  static String stem(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, extension(name));
  }

  private static String shortened(String stem, int bytes) {
    String start = stem;
    while (start.getBytes(StandardCharsets.UTF_8).length > bytes) {
      start = start.substring(0, start.offsetByCodePoints(start.length(), -1));
    }
    return start;
  }

  private static int extension(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".csv.gz")) {
      return name.length() - 7;
    }
    return name.length() - (lower.endsWith(".xlsx") ? 5 : 4);
  }
}
