package org.kintell.backfill.row;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Set;

/**
 * Parses trimmed text as typed values; null when invalid. Without regular expressions, so no value
 * can cause catastrophic backtracking.
 */
final class Values {

  private static final Set<String> LEVELS = Set.of("A1", "A2", "B1", "B2", "C1", "C2");
  private static final BigDecimal LOWEST_RATING = BigDecimal.ONE;
  private static final BigDecimal HIGHEST_RATING = BigDecimal.valueOf(5);

  /** Longer than any valid rating, and short enough to parse quickly. */
  private static final int LONGEST_NUMBER = 100;

  private Values() {}

  /**
   * A date and time with offset, years 0001 to 9999, to the microsecond, which is what the database
   * keeps.
   *
   * @param zone of a date and time without an offset; null to refuse it
   */
  static Instant instant(String text, ZoneId zone) {
    return IsoDateTime.parse(text, zone);
  }

  /** A positive whole number up to 2147483647, in ASCII digits; {@code 60.0} is 60. */
  static Integer minutes(String text) {
    int point = text.indexOf('.');
    if (point >= 0 && !isNothing(text, point + 1)) {
      return null;
    }
    long minutes = 0;
    for (int i = 0; i < (point < 0 ? text.length() : point); i++) {
      char c = text.charAt(i);
      if (!isDigit(c)) {
        return null;
      }
      minutes = minutes * 10 + (c - '0');
      if (minutes > Integer.MAX_VALUE) {
        return null;
      }
    }
    return minutes > 0 ? (int) minutes : null;
  }

  /** Whether a fraction is zero. Three zeros may mean thousands, so they are refused. */
  private static boolean isNothing(String text, int from) {
    int zeros = text.length() - from;
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) != '0') {
        return false;
      }
    }
    return zeros > 0 && zeros != 3;
  }

  /** A decimal number from 1 to 5: digits, then perhaps a point or comma and more digits. */
  static BigDecimal rating(String text) {
    if (!isDecimal(text)) {
      return null;
    }
    BigDecimal rating = new BigDecimal(text.replace(',', '.'));
    return rating.compareTo(LOWEST_RATING) >= 0 && rating.compareTo(HIGHEST_RATING) <= 0
        ? rating
        : null;
  }

  private static boolean isDecimal(String text) {
    int point = Math.max(text.indexOf('.'), text.indexOf(','));
    if (text.isEmpty() || text.length() > LONGEST_NUMBER || point == 0) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (i != point && !isDigit(text.charAt(i))) {
        return false;
      }
    }
    return point != text.length() - 1;
  }

  /** A CEFR level, upper-case. */
  static String level(String text) {
    String level = text.toUpperCase(Locale.ROOT);
    return LEVELS.contains(level) ? level : null;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
