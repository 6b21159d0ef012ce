package org.kintell.backfill.file;

import java.io.IOException;
import java.io.InputStream;
import org.kintell.backfill.csv.BlockInputStream;

/**
 * A part of a workbook that is no larger than such can be, and has no piece too long to be kept.
 */
final class BoundedXml extends BlockInputStream {

  /** A full sheet has about a gigabyte. */
  private static final long MOST = 4L * 1024 * 1024 * 1024;

  /** Longest tag or text, in bytes. A cell has 32,767 characters at most. */
  private static final int LONGEST_PIECE = 4 * 1024 * 1024;

  private final InputStream xml;
  private long total;
  private int piece;

  BoundedXml(InputStream xml) {
    this.xml = xml;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = xml.read(target, offset, length);
    for (int i = offset; i < offset + count; i++) {
      piece = target[i] == '>' ? 0 : piece + 1;
      if (piece > LONGEST_PIECE) {
        throw Workbook.unreadable();
      }
    }
    total += Math.max(count, 0);
    if (total > MOST) {
      throw Workbook.unreadable();
    }
    return count;
  }

  @Override
  public void close() throws IOException {
    xml.close();
  }
}
