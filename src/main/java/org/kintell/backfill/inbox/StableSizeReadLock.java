package org.kintell.backfill.inbox;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.File;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.LoggingLevel;
import org.apache.camel.component.file.GenericFile;
import org.apache.camel.component.file.GenericFileEndpoint;
import org.apache.camel.component.file.GenericFileExclusiveReadLockStrategy;
import org.apache.camel.component.file.GenericFileOperations;
import org.kintell.backfill.config.BackfillSettings;
import org.springframework.stereotype.Component;

/**
 * Takes a file to be fully written when it has been the same for a while. Seen by this process: the
 * time that a file bears may be of another machine, or of before the clock was set, and lie in the
 * future. One that was taken too early has to be the same for twice as long the next time.
 */
@Component
class StableSizeReadLock implements GenericFileExclusiveReadLockStrategy<File> {

  private static final Duration LONGEST = Duration.ofMinutes(2);

  /** Those that were removed are forgotten. */
  private final Cache<String, Seen> files =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(10)).build();

  /** For how long the files of these names, which were taken too early, have to be the same. */
  private final Cache<String, Duration> suspects =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(10)).build();

  private final Duration quiet;

  StableSizeReadLock(BackfillSettings settings) {
    this.quiet = settings.inboxQuiet();
  }

  /**
   * A file as it was first seen.
   *
   * @param since in {@link System#nanoTime()}
   */
  private record Seen(long length, long modified, long since) {

    static Seen now(File file) {
      return new Seen(file.length(), file.lastModified(), System.nanoTime());
    }

    boolean isStill(File file) {
      return length == file.length() && modified == file.lastModified();
    }
  }

  /** Whether it is fully written; if not, it is asked for again with the next poll. */
  @Override
  public boolean acquireExclusiveReadLock(
      GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
    File found = file.getFile();
    String path = found.getPath();
    long now = System.nanoTime();
    Seen seen = files.getIfPresent(path);
    if (seen == null || !seen.isStill(found)) {
      files.put(path, Seen.now(found));
      return false;
    }
    if (now - seen.since < required(file.getFileNameOnly()).toNanos()) {
      return false;
    }
    files.invalidate(path);
    return true;
  }

  private Duration required(String name) {
    return suspects.asMap().getOrDefault(name, quiet);
  }

  /** A file of this name was written to after it had been taken. */
  void tookTooEarly(String name) {
    suspects
        .asMap()
        .merge(
            name,
            quiet.multipliedBy(2),
            (before, first) -> before.compareTo(LONGEST) < 0 ? before.multipliedBy(2) : before);
  }

  @Override
  public void prepareOnStartup(
      GenericFileOperations<File> operations, GenericFileEndpoint<File> endpoint) {
    // Nothing is left behind by an earlier run.
  }

  @Override
  public void releaseExclusiveReadLockOnAbort(
      GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
    // Nothing is held.
  }

  @Override
  public void releaseExclusiveReadLockOnRollback(
      GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
    // Nothing is held.
  }

  @Override
  public void releaseExclusiveReadLockOnCommit(
      GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
    // Nothing is held.
  }

  @Override
  public void setTimeout(long timeout) {
    // It never waits.
  }

  @Override
  public void setCheckInterval(long checkInterval) {
    // It looks once a poll.
  }

  @Override
  public void setReadLockLoggingLevel(LoggingLevel level) {
    // It has nothing to say.
  }

  @Override
  public void setMarkerFiler(boolean markerFile) {
    // There is none.
  }

  @Override
  public void setDeleteOrphanLockFiles(boolean deleteOrphanLockFiles) {
    // There are none.
  }
}
