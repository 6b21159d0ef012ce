package org.kintell.backfill.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.kintell.backfill.csv.BlockInputStream;

/** Reads a file, and parts of it again: a part that was cut off on its way is sent once more. */
final class RereadableFile extends BlockInputStream {

  private final FileChannel file;
  private long marked;

  RereadableFile(Path path) throws IOException {
    file = FileChannel.open(path, StandardOpenOption.READ);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return file.read(ByteBuffer.wrap(bytes, offset, length));
  }

  @Override
  public int available() throws IOException {
    return (int) Math.min(Integer.MAX_VALUE, file.size() - file.position());
  }

  @Override
  public boolean markSupported() {
    return true;
  }

  /**
   * @param limit any number of bytes may be read before a reset
   */
  @Override
  public synchronized void mark(int limit) {
    try {
      marked = file.position();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void reset() throws IOException {
    file.position(marked);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
