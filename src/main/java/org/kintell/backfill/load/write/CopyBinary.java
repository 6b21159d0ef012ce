package org.kintell.backfill.load.write;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.database.Copy;
import org.postgresql.core.Oid;

/**
 * Rows in PostgreSQL's COPY binary format (PostgreSQL manual, COPY, "Binary Format"; the types as
 * their {@code _recv} functions read them). It spares both sides the text of ids, times and
 * numbers, but fits columns of exactly the types that {@link CopyRows} and its own methods name.
 */
final class CopyBinary extends CopyRows {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  /** The signature, no flags, no extension. */
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  private static final int NULL = -1;
  private static final int END = -1;

  /** Times are counted from here. */
  private static final long YEAR_2000 = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();

  /** A numeric is made of digits in base 10000, which are four decimal ones each. */
  private static final int DECIMALS_A_DIGIT = 4;

  /** What an array begins with, beside the type and number of its elements. */
  private static final int DIMENSIONS = 1;

  private static final int WITHOUT_NULLS = 0;
  private static final int LOWER_BOUND = 1;

  private final int columns;
  private boolean inRow;

  /**
   * @param columns of each row
   */
  CopyBinary(Copy.Sink sink, int columns) {
    super(sink);
    this.columns = columns;
    System.arraycopy(HEADER, 0, buffer, 0, HEADER.length);
    size = HEADER.length;
  }

  @Override
  CopyBinary uuid(UUID uuid) {
    begin(16);
    putLong(uuid.getMostSignificantBits());
    putLong(uuid.getLeastSignificantBits());
    return this;
  }

  @Override
  CopyBinary text(String text) {
    return bytes(text == null ? null : text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a {@code bytea}, or NULL. */
  CopyBinary bytes(byte[] bytes) {
    if (bytes == null) {
      begin(NULL);
      return this;
    }
    begin(bytes.length);
    put(bytes);
    return this;
  }

  /** Adds an array of texts, at least one, to a column of type {@code text[]}. */
  CopyBinary array(List<String> texts) {
    List<byte[]> elements =
        texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    begin(5 * 4 + elements.stream().mapToInt(element -> 4 + element.length).sum());
    putInt(DIMENSIONS);
    putInt(WITHOUT_NULLS);
    putInt(Oid.TEXT);
    putInt(elements.size());
    putInt(LOWER_BOUND);
    for (byte[] element : elements) {
      putInt(element.length);
      put(element);
    }
    return this;
  }

  @Override
  CopyBinary integer(int number) {
    begin(4);
    putInt(number);
    return this;
  }

  @Override
  CopyBinary bigint(long number) {
    begin(8);
    putLong(number);
    return this;
  }

  @Override
  CopyBinary instant(Instant instant) {
    begin(8);
    putLong((instant.getEpochSecond() - YEAR_2000) * 1_000_000 + instant.getNano() / 1000);
    return this;
  }

  @Override
  CopyBinary decimal(BigDecimal number) {
    if (number == null) {
      begin(NULL);
      return this;
    }
    String text = number.toPlainString();
    int point = text.indexOf('.');
    int whole = point < 0 ? text.length() : point;
    int scale = Math.max(0, text.length() - whole - 1);
    int digits = 1 + (scale + DECIMALS_A_DIGIT - 1) / DECIMALS_A_DIGIT;
    begin(2 * (4 + digits));
    putShort(digits);
    putShort(0);
    putShort(0);
    putShort(scale);
    putShort(Integer.parseInt(text, 0, whole, 10));
    for (int at = whole + 1; at < text.length(); at += DECIMALS_A_DIGIT) {
      int digit = 0;
      for (int i = at; i < at + DECIMALS_A_DIGIT; i++) {
        digit = 10 * digit + (i < text.length() ? text.charAt(i) - '0' : 0);
      }
      putShort(digit);
    }
    return this;
  }

  @Override
  void endRow() throws SQLException {
    inRow = false;
    sendFullBlock();
  }

  @Override
  void finish() throws SQLException {
    reserve(2);
    putShort(END);
    super.finish();
  }

  /** Begins a column of so many bytes, and a row before its first. */
  private void begin(int length) {
    reserve(2 + 4 + Math.max(length, 0));
    if (!inRow) {
      putShort(columns);
      inRow = true;
    }
    putInt(length);
  }

  private void put(byte[] bytes) {
    System.arraycopy(bytes, 0, buffer, size, bytes.length);
    size += bytes.length;
  }

  private void putShort(int number) {
    buffer[size++] = (byte) (number >>> 8);
    buffer[size++] = (byte) number;
  }

  private void putInt(int number) {
    INT.set(buffer, size, number);
    size += 4;
  }

  private void putLong(long number) {
    LONG.set(buffer, size, number);
    size += 8;
  }
}
