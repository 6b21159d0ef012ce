package org.kintell.backfill.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A stored file on this machine until it is closed.
 *
 * @param copy whether it is a copy, which closing deletes
 */
public record LocalFile(Path path, boolean copy) implements Closeable {

  @Override
  public void close() throws IOException {
    if (copy) {
      Files.deleteIfExists(path);
    }
  }
}
