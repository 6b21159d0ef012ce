package org.kintell.backfill.file;

import java.io.IOException;
import java.io.InputStream;
import org.kintell.backfill.csv.BlockInputStream;

/**
 * A part of a workbook that is, with others, no larger than such can be, and has no piece too long
 * to be kept.
 */
final class BoundedXml extends BlockInputStream {

  /** Longest tag or text, in bytes. A cell has 32,767 characters at most. */
  private static final int LONGEST_PIECE = 4 * 1024 * 1024;

  private final InputStream xml;
  private final Budget budget;
  private int piece;

  BoundedXml(InputStream xml, Budget budget) {
    this.xml = xml;
    this.budget = budget;
  }

  /** How much of several parts may be read together, and of one part again and again. */
  static final class Budget {
    private long bytes;

    Budget(long bytes) {
      this.bytes = bytes;
    }

    private void spend(int count) {
      bytes -= count;
      if (bytes < 0) {
        throw Workbook.unreadable();
      }
    }
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
    budget.spend(Math.max(count, 0));
    return count;
  }

  @Override
  public void close() throws IOException {
    xml.close();
  }
}
