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
 * Considers a file complete when its size and time have not changed for a while. The while is
 * measured by this process, because the clock of another machine may have set the file's time. A
 * file that was claimed too early has to be stable for twice as long the next time.
 */
@Component
class StableSizeReadLock implements GenericFileExclusiveReadLockStrategy<File> {

  private static final Duration LONGEST = Duration.ofMinutes(2);

  private final Cache<String, Seen> files =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(10)).build();

  /** Required stable time of files that were claimed too early, by name. */
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

  /** Doubles the required stable time for files of this name. */
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
    // No locks to clean up.
  }

  @Override
  public void releaseExclusiveReadLockOnAbort(
      GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
    // Holds no lock.
  }

  @Override
  public void releaseExclusiveReadLockOnRollback(
      GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
    // Holds no lock.
  }

  @Override
  public void releaseExclusiveReadLockOnCommit(
      GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
    // Holds no lock.
  }

  @Override
  public void setTimeout(long timeout) {
    // Never waits.
  }

  @Override
  public void setCheckInterval(long checkInterval) {
    // Checks once per poll.
  }

  @Override
  public void setReadLockLoggingLevel(LoggingLevel level) {
    // Logs nothing.
  }

  @Override
  public void setMarkerFiler(boolean markerFile) {
    // No marker files.
  }

  @Override
  public void setDeleteOrphanLockFiles(boolean deleteOrphanLockFiles) {
    // No marker files.
  }
}
