package org.kintell.backfill.devservices;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.kintell.backfill.config.WrongSettingException;

/**
 * The process that uses a data folder for its embedded PostgreSQL. It holds a lock on a file there,
 * which ends with the process; the file names the process.
 */
public final class FolderOwner {

  private static final String FILE = "postgres.lock";

  private FolderOwner() {}

  /**
   * Fails early if another process uses the folder. A free folder may be taken afterwards.
   *
   * @throws WrongSettingException naming the other process
   */
  public static void requireNone(Path dataDir) throws IOException {
    Path file = dataDir.resolve(FILE);
    if (Files.exists(file)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        lock(channel, dataDir).release();
      }
    }
  }

  /**
   * Locks the file for this process and writes its id there.
   *
   * @throws WrongSettingException naming the process that holds the lock
   */
  static FileLock take(FileChannel channel, Path dataDir) throws IOException {
    FileLock lock = lock(channel, dataDir);
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap(
            Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
    return lock;
  }

  private static FileLock lock(FileChannel channel, Path dataDir) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock == null) {
      String pid = Files.readString(dataDir.resolve(FILE)).strip();
      throw new WrongSettingException(
          "BACKFILL_DATA_DIR",
          dataDir.toString(),
          "a folder whose embedded PostgreSQL no other process uses; %s uses this one. To share a database, set DATABASE_URL"
              .formatted(pid.isEmpty() ? "another process" : "process " + pid));
    }
    return lock;
  }
}
