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
import org.springframework.stereotype.Component;

/**
 * Takes a file to be fully written when it has been the same for a second. Seen by this process:
 * the time that a file bears may be of another machine, or of before the clock was set, and lie in
 * the future.
 */
@Component
class UnchangedForASecond implements GenericFileExclusiveReadLockStrategy<File> {

  private static final long LONG_ENOUGH = Duration.ofSeconds(1).toNanos();

  /** Those that were removed are forgotten. */
  private final Cache<String, Seen> files =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(10)).build();

  /**
   * A file as it was first seen.
   *
   * @param since in {@link System#nanoTime()}
   */
  private record Seen(long length, long modified, long since) {

    boolean isStill(File file) {
      return length == file.length() && modified == file.lastModified();
    }
  }

  /** Whether it is fully written; if not, it is asked for again with the next poll. */
  @Override
  public boolean acquireExclusiveReadLock(
      GenericFileOperations<File> operations, GenericFile<File> file, Exchange exchange) {
    File found = new File(file.getAbsoluteFilePath());
    long now = System.nanoTime();
    Seen seen = files.getIfPresent(file.getAbsoluteFilePath());
    if (seen == null || !seen.isStill(found)) {
      files.put(file.getAbsoluteFilePath(), new Seen(found.length(), found.lastModified(), now));
      return false;
    }
    boolean written = now - seen.since >= LONG_ENOUGH;
    if (written) {
      files.invalidate(file.getAbsoluteFilePath());
    }
    return written;
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
