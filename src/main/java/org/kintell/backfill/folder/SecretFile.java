package org.kintell.backfill.folder;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;

/** A random secret in a private file. All processes on the folder share it. */
public final class SecretFile {

  private static final int BYTES = 32;

  private SecretFile() {}

  /**
   * Reads the secret; the first call creates it. The lock keeps two processes from creating it at
   * once. A lock belongs to the whole process, so its threads take turns.
   *
   * @return 32 bytes
   */
  public static synchronized byte[] read(Path file) throws IOException {
    try (FileChannel channel =
            FileModes.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      ByteBuffer secret = ByteBuffer.allocate(BYTES);
      while (lock.isValid() && secret.hasRemaining() && channel.read(secret) >= 0) {
        // Continues to read.
      }
      if (secret.hasRemaining()) {
        // A new file, or one whose creator died.
        new SecureRandom().nextBytes(secret.array());
        channel.write(ByteBuffer.wrap(secret.array()), 0);
        channel.force(true);
      }
      return secret.array();
    }
  }
}
