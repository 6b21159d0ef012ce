package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Length and time of a file, to detect changes without reading it.
 *
 * @param length in bytes
 * @param modified in milliseconds since 1970, or {@link #UNKNOWN}
 */
public record FileVersion(long length, long modified) {

  static final long UNKNOWN = -1;

  /** The current version; symbolic links are not followed. */
  static FileVersion of(Path file) throws IOException {
    BasicFileAttributes now =
        Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return new FileVersion(now.size(), now.lastModifiedTime().toMillis());
  }

  /** Whether the file is unchanged. */
  boolean isStill(FileVersion now) {
    return length == now.length && (modified == UNKNOWN || modified == now.modified);
  }
}
