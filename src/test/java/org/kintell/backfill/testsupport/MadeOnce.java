package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/**
 * A folder under target that the test processes of one run share: one makes it, the others wait.
 */
public final class MadeOnce {

  /** Fills the folder, which exists. */
  @FunctionalInterface
  public interface Maker {
    void make(Path folder) throws IOException, InterruptedException;
  }

  private MadeOnce() {}

  /**
   * The folder, filled.
   *
   * @param newerThan the folder is filled again if it was filled before this time
   * @return an absolute path
   * @throws IllegalStateException when the maker was interrupted
   */
  public static Path folder(Path folder, FileTime newerThan, Maker maker) {
    Path absolute = folder.toAbsolutePath();
    Path complete = absolute.resolveSibling(absolute.getFileName() + ".complete");
    Path lockFile = absolute.resolveSibling(absolute.getFileName() + ".lock");
    try {
      Files.createDirectories(absolute);
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!lock.isValid() || !isNewer(complete, newerThan)) {
          Files.deleteIfExists(complete);
          maker.make(absolute);
          Files.createFile(complete);
        }
      }
      return absolute;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static boolean isNewer(Path complete, FileTime than) throws IOException {
    return Files.exists(complete) && Files.getLastModifiedTime(complete).compareTo(than) > 0;
  }
}
