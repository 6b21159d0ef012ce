package org.kintell.backfill.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A gzip file that must be valid to its end. Java's own reader ignores anything after a member that
 * does not begin like another, so the rows of a damaged member would be lost silently.
 */
final class StrictGzipInputStream extends GZIPInputStream {

  /** Bytes of checksum and length, which Java's reader leaves in the buffer at the end. */
  private static final int TRAILER = 8;

  StrictGzipInputStream(InputStream in, int buffer) throws IOException {
    super(in, buffer);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = super.read(target, offset, length);
    if (count < 0 && (inf.getRemaining() > TRAILER || in.available() > 0)) {
      throw new ZipException("more follows the last member");
    }
    return count;
  }
}
