package org.kintell.backfill.load.write;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.kintell.backfill.database.Copy;

/** Rows for PostgreSQL's COPY, column by column, sent block by block. */
abstract sealed class CopyRows permits CopyText, CopyBinary {

  private static final int BLOCK = 64 * 1024;

  private final Copy.Sink sink;

  /** What is not sent yet, up to {@link #size}. */
  byte[] buffer = new byte[2 * BLOCK];

  int size;

  CopyRows(Copy.Sink sink) {
    this.sink = sink;
  }

  abstract CopyRows uuid(UUID uuid);

  /** Adds any text, or NULL. */
  abstract CopyRows text(String text);

  /** Adds a whole number that is not negative, to a column of four bytes. */
  abstract CopyRows integer(int number);

  /** The same, to a column of eight bytes. */
  abstract CopyRows bigint(long number);

  /** Adds a decimal number from 0 up to, and without, 10000, or NULL. */
  abstract CopyRows decimal(BigDecimal number);

  /** Adds a point in time, to the microsecond. */
  abstract CopyRows instant(Instant instant);

  abstract void endRow() throws SQLException;

  /** Sends what is left to be sent. */
  void finish() throws SQLException {
    sink.write(buffer, 0, size);
    size = 0;
  }

  final void sendFullBlock() throws SQLException {
    if (size >= BLOCK) {
      sink.write(buffer, 0, size);
      size = 0;
    }
  }

  final void append(int b) {
    reserve(1);
    buffer[size++] = (byte) b;
  }

  final void reserve(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, size + more));
    }
  }
}
