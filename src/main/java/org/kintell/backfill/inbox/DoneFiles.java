package org.kintell.backfill.inbox;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.springframework.stereotype.Component;

/**
 * Remembers for some minutes the files that were moved to {@code done}. Somebody whose connection
 * had stalled may go on writing to one, and what comes then was never imported.
 */
@Component
class DoneFiles {

  private final Cache<Path, Done> files =
      Caffeine.newBuilder().expireAfterWrite(Duration.ofMinutes(10)).maximumSize(1000).build();

  /**
   * A file that is done with.
   *
   * @param name as it was called in the inbox
   * @param key which file it is, whatever its name
   * @param length in bytes, of which it was imported
   */
  record Done(Path file, String name, Object key, long length) {

    private boolean hasGrown() throws IOException {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return now.size() > length && Objects.equals(now.fileKey(), key);
      } catch (NoSuchFileException e) {
        return false;
      }
    }
  }

  /** Notes a file that was moved; if another process did so, that one remembers it. */
  void remember(Path file, Claim claim) throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      // It may have grown since somebody looked, while its error file was written.
      long length = claim.length() == null ? now.size() : claim.length();
      files.put(file, new Done(file, claim.name(), now.fileKey(), length));
    } catch (NoSuchFileException e) {
      files.invalidate(file);
    }
  }

  /** Those that grew since. */
  List<Done> grown() throws IOException {
    List<Done> grown = new ArrayList<>();
    for (Done file : files.asMap().values()) {
      if (file.hasGrown()) {
        grown.add(file);
      }
    }
    return grown;
  }

  /** Lets go of a file that lies there no longer. */
  void forget(Path file) {
    files.invalidate(file);
  }
}
