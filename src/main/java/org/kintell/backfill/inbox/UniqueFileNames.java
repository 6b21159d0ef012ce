package org.kintell.backfill.inbox;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.kintell.backfill.file.FileType;

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
    String stem = FileType.stem(name);
    String kept = shortened(stem, LONGEST_STEM - stamp.length());
    return folder.resolve(kept + stamp + name.substring(stem.length()));
  }

  private static String shortened(String stem, int bytes) {
    String start = stem;
    while (start.getBytes(StandardCharsets.UTF_8).length > bytes) {
      start = start.substring(0, start.offsetByCodePoints(start.length(), -1));
    }
    return start;
  }
}
