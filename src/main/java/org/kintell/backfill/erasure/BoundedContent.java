package org.kintell.backfill.erasure;

import java.io.IOException;
import java.io.InputStream;
import org.kintell.backfill.csv.BlockInputStream;

/**
 * Reads a file that another user may have created. Throws an {@link ExcessiveFileException} at a
 * sparse region or when the content exceeds a limit.
 */
final class BoundedContent extends BlockInputStream {

  /** More consecutive zero bytes than any text has. */
  private static final int HOLE = 64 * 1024;

  /** Text compresses to about a tenth. */
  private static final int PACKED = 100;

  /** The message completes a sentence about the file. */
  static final class ExcessiveFileException extends IOException {

    private static final long serialVersionUID = 1L;

    ExcessiveFileException(String message) {
      super(message);
    }
  }

  private final InputStream in;
  private long left;
  private int zeros;

  /**
   * @param most maximum number of bytes
   */
  BoundedContent(InputStream in, long most) {
    this.in = in;
    left = most;
  }

  /** Maximum content of a compressed file of this length. */
  static long most(long length) {
    return HOLE + PACKED * length;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    int count = in.read(bytes, from, length);
    left -= Math.max(0, count);
    if (left < 0) {
      throw new ExcessiveFileException("unpacks to more than text does");
    }
    for (int i = from; i < from + count; i++) {
      zeros = bytes[i] == 0 ? zeros + 1 : 0;
    }
    if (zeros >= HOLE) {
      throw new ExcessiveFileException("is full of zero bytes");
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
