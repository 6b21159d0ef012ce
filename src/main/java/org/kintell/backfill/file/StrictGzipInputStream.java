package org.kintell.backfill.file;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A gzip file that must be valid to its end. Java's own reader ignores anything after a member that
 * does not begin like another, so the rows of a damaged member would be lost silently. Only zeros
 * may follow, with which tapes and block devices fill their last block. And it calls itself for
 * each member without content, so that many of them would overflow its stack.
 */
final class StrictGzipInputStream extends GZIPInputStream {

  /** Bytes of checksum and length, which Java's reader leaves in the buffer at the end. */
  private static final int TRAILER = 8;

  private final Packed packed;

  /** Whether Java's reader is at work: it asks again when a member ends. */
  private boolean reading;

  StrictGzipInputStream(InputStream in, int buffer) throws IOException {
    this(new Packed(in), buffer);
  }

  private StrictGzipInputStream(Packed packed, int buffer) throws IOException {
    super(packed, buffer);
    this.packed = packed;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (reading) {
      return 0;
    }
    int count = 0;
    reading = true;
    try {
      while (count == 0 && length > 0) {
        count = super.read(target, offset, length);
      }
    } finally {
      reading = false;
    }
    if (count < 0) {
      for (int i = len - inf.getRemaining() + TRAILER; i < len; i++) {
        require(buf[i] == 0);
      }
      require(packed.isZeroToItsEnd());
    }
    return count;
  }

  private static void require(boolean zero) throws ZipException {
    if (!zero) {
      throw new ZipException("more follows the last member");
    }
  }

  /** The packed bytes. Java's reader takes those of a header one by one, and all others in bulk. */
  private static final class Packed extends FilterInputStream {
    private boolean zeroHeader = true;

    Packed(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      zeroHeader &= b <= 0;
      return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int count = super.read(target, offset, length);
      zeroHeader |= count > 0;
      return count;
    }

    boolean isZeroToItsEnd() throws IOException {
      boolean zero = zeroHeader;
      byte[] rest = new byte[8192];
      for (int count = in.read(rest); count > 0 && zero; count = in.read(rest)) {
        for (int i = 0; i < count; i++) {
          zero &= rest[i] == 0;
        }
      }
      return zero;
    }
  }
}
