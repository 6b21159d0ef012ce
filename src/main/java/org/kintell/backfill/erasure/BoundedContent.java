package org.kintell.backfill.erasure;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The content of a file that anybody may have made, be it packed. It ends with an {@link
 * ExcessiveFileException} at a hole, which takes no room on the disk, and where there is too much.
 */
final class BoundedContent extends FilterInputStream {

  /** Zero bytes in a row that no text has. */
  private static final int HOLE = 64 * 1024;

  /** Text is packed to a tenth or so. */
  private static final int PACKED = 100;

  private long left;
  private int zeros;

  /**
   * @param most bytes that may come of it
   */
  BoundedContent(InputStream in, long most) {
    super(in);
    left = most;
  }

  /** What a file of so many bytes may hold, packed. */
  static long most(long length) {
    return HOLE + PACKED * length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    int count = super.read(bytes, from, length);
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
}
