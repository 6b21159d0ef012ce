package org.kintell.backfill.row;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A date and time as ISO 8601, RFC 3339, PostgreSQL and strftime write it: {@code
 * 2024-01-15T10:00:00.5+02:00}. A space may stand for the T; seconds and fraction may be left out,
 * and an offset may be {@code Z}, {@code +02:00}, {@code +0200} or {@code +02}. Reads without
 * regular expressions, so no value can cause catastrophic backtracking, and without a formatter,
 * which would cost more than the rest of the row.
 */
final class IsoDateTime {

  private static final long SECONDS_A_DAY = 86_400;
  private static final int MICROS_A_SECOND = 1_000_000;
  private static final long NANOS_A_MICRO = 1000;
  private static final int SECONDS_AN_HOUR = 3600;

  /** The last character that was read, plus one. */
  private int position;

  private final String text;
  private boolean wrong;

  private long localSeconds;
  private int micros;

  /** Null if there is none. */
  private Integer offsetSeconds;

  private IsoDateTime(String text) {
    this.text = text;
    readDate();
    readTime();
    readOffset();
    wrong |= position != text.length();
  }

  /**
   * The instant, to the microsecond; null where the text has another form.
   *
   * @param zone of a date and time without an offset; null to refuse it
   */
  static Instant parse(String text, ZoneId zone) {
    IsoDateTime read = new IsoDateTime(text);
    if (read.wrong || (read.offsetSeconds == null && zone == null)) {
      return null;
    }
    long seconds =
        read.offsetSeconds == null
            ? zone.getRules()
                .getOffset(LocalDateTime.ofEpochSecond(read.localSeconds, 0, ZoneOffset.UTC))
                .getTotalSeconds()
            : read.offsetSeconds;
    return Instant.ofEpochSecond(read.localSeconds - seconds, read.micros * NANOS_A_MICRO);
  }

  /** Whether a text lacks only an offset. */
  static boolean lacksOffset(String text) {
    IsoDateTime read = new IsoDateTime(text);
    return !read.wrong && read.offsetSeconds == null;
  }

  private void readDate() {
    int year = number(4);
    expect('-');
    int month = number(2);
    expect('-');
    int day = number(2);
    if (year < 1 || month < 1 || month > 12 || day < 1) {
      wrong = true;
    }
    if (wrong || day > YearMonth.of(year, month).lengthOfMonth()) {
      wrong = true;
      return;
    }
    localSeconds = LocalDate.of(year, month, day).toEpochDay() * SECONDS_A_DAY;
  }

  private void readTime() {
    wrong |= "Tt ".indexOf(next()) < 0;
    position++;
    int hour = number(2);
    expect(':');
    int minute = number(2);
    int second = 0;
    if (next() == ':') {
      position++;
      second = number(2);
      readFraction();
    }
    // A leap second is the first one of the next minute, as in PostgreSQL.
    wrong |= hour > 23 || minute > 59 || second > (minute == 59 ? 60 : 59);
    localSeconds += hour * SECONDS_AN_HOUR + minute * 60L + second;
  }

  /** Any number of digits; parts below a microsecond are cut off. */
  private void readFraction() {
    if (next() != '.' && next() != ',') {
      return;
    }
    position++;
    wrong |= !isDigit(next());
    for (int unit = MICROS_A_SECOND / 10; isDigit(next()); unit /= 10) {
      micros += (next() - '0') * unit;
      position++;
    }
  }

  private void readOffset() {
    char sign = next();
    if (sign == 'Z' || sign == 'z') {
      position++;
      offsetSeconds = 0;
    } else if (sign == '+' || sign == '-') {
      position++;
      int hours = number(2);
      int minutes = 0;
      if (next() == ':') {
        position++;
        minutes = number(2);
      } else if (isDigit(next())) {
        minutes = number(2);
      }
      int seconds = hours * SECONDS_AN_HOUR + minutes * 60;
      wrong |= minutes > 59 || seconds > ZoneOffset.MAX.getTotalSeconds();
      offsetSeconds = sign == '+' ? seconds : -seconds;
    }
  }

  /** A number of so many ASCII digits. */
  private int number(int digits) {
    int number = 0;
    for (int i = 0; i < digits; i++) {
      char c = next();
      wrong |= !isDigit(c);
      number = 10 * number + (c - '0');
      position++;
    }
    return number;
  }

  private void expect(char c) {
    wrong |= next() != c;
    position++;
  }

  /** The next character; a NUL at the end, which no value holds. */
  private char next() {
    return position < text.length() ? text.charAt(position) : 0;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
