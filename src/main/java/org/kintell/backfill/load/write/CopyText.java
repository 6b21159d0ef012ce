package org.kintell.backfill.load.write;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.UUID;
import org.kintell.backfill.database.Copy;

/**
 * Rows in PostgreSQL's COPY text format (PostgreSQL manual, COPY, "Text Format"), a line each.
 * Columns may be of any type that reads their text.
 */
final class CopyText extends CopyRows {

  private static final Instant FIRST_YEAR = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");
  private static final DateTimeFormatter OTHER_ERAS =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR_OF_ERA, 4, 9, SignStyle.NOT_NEGATIVE)
          .appendPattern("-MM-dd HH:mm:ss.SSSSSS'Z' G")
          .toFormatter(Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** Digits of a long. */
  private static final int LONGEST_NUMBER = 19;

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private boolean inLine;

  CopyText(Copy.Sink sink) {
    super(sink);
  }

  /** Adds a value whose text needs no escaping, or NULL. */
  CopyText plain(Object value) {
    separate();
    if (value == null) {
      append('\\');
      append('N');
      return this;
    }
    String text = value.toString();
    reserve(text.length());
    for (int i = 0; i < text.length(); i++) {
      buffer[size++] = (byte) text.charAt(i);
    }
    return this;
  }

  @Override
  CopyText text(String text) {
    if (text == null) {
      return plain(null);
    }
    separate();
    appendEscaped(text);
    return this;
  }

  /** Without creating a string for each of the millions. */
  @Override
  CopyText uuid(UUID uuid) {
    separate();
    reserve(36);
    hex(uuid.getMostSignificantBits(), 60, 28);
    buffer[size++] = '-';
    hex(uuid.getMostSignificantBits(), 28, 12);
    buffer[size++] = '-';
    hex(uuid.getMostSignificantBits(), 12, -4);
    buffer[size++] = '-';
    hex(uuid.getLeastSignificantBits(), 60, 44);
    buffer[size++] = '-';
    hex(uuid.getLeastSignificantBits(), 44, -4);
    return this;
  }

  /** Adds the hexadecimal digits from one bit down to, and without, another. */
  private void hex(long bits, int from, int to) {
    for (int shift = from; shift > to; shift -= 4) {
      buffer[size++] = HEX[(int) (bits >>> shift) & 0xf];
    }
  }

  @Override
  CopyText integer(int number) {
    return bigint(number);
  }

  @Override
  CopyText bigint(long number) {
    separate();
    reserve(LONGEST_NUMBER);
    int end = size + LONGEST_NUMBER;
    int begin = end;
    long rest = number;
    do {
      buffer[--begin] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    System.arraycopy(buffer, begin, buffer, size, end - begin);
    size += end - begin;
    return this;
  }

  @Override
  CopyText decimal(BigDecimal number) {
    return plain(number == null ? null : number.toPlainString());
  }

  /** In UTC; a formatter would cost more than the rest. */
  @Override
  CopyText instant(Instant instant) {
    if (instant.isBefore(FIRST_YEAR) || !instant.isBefore(YEAR_10000)) {
      return plain(OTHER_ERAS.format(instant));
    }
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
    separate();
    reserve("0000-00-00 00:00:00.000000Z".length());
    digits(time.getYear(), 4, '-');
    digits(time.getMonthValue(), 2, '-');
    digits(time.getDayOfMonth(), 2, ' ');
    digits(time.getHour(), 2, ':');
    digits(time.getMinute(), 2, ':');
    if (time.getNano() == 0) {
      digits(time.getSecond(), 2, 'Z');
    } else {
      digits(time.getSecond(), 2, '.');
      digits(time.getNano() / 1000, 6, 'Z');
    }
    return this;
  }

  /** Adds a number with leading zeros, and what stands behind it. */
  private void digits(int number, int count, char next) {
    int rest = number;
    for (int i = count - 1; i >= 0; i--) {
      buffer[size + i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    size += count;
    buffer[size++] = (byte) next;
  }

  @Override
  void endRow() throws SQLException {
    append('\n');
    inLine = false;
    sendFullBlock();
  }

  private void appendEscaped(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    reserve(2 * bytes.length);
    for (byte b : bytes) {
      switch (b) {
        case '\\' -> escape('\\');
        case '\n' -> escape('n');
        case '\r' -> escape('r');
        case '\t' -> escape('t');
        default -> buffer[size++] = b;
      }
    }
  }

  private void escape(char letter) {
    append('\\');
    append(letter);
  }

  private void separate() {
    if (inLine) {
      append('\t');
    }
    inLine = true;
  }
}
