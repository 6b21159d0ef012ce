package org.kintell.backfill.row;

/**
 * A rule that a row breaks.
 *
 * @param column null for the row as a whole
 * @param value the trimmed value, of any length
 */
public record Fault(Rule rule, Column column, String value) {

  /** Longest part of a value that a message repeats, in code points. */
  private static final int ECHO = 80;

  /** A fault of the row as a whole. */
  public static Fault of(Rule rule, String value) {
    return new Fault(rule, null, value);
  }

  /** What the error file says: one line, without comma and quote. */
  public String message() {
    return rule.message(echo(value), column);
  }

  private static String echo(String value) {
    if (value.length() <= ECHO && isHarmless(value)) {
      return value;
    }
    StringBuilder echo = new StringBuilder(Math.min(value.length(), ECHO));
    value.codePoints().limit(ECHO).map(Fault::harmless).forEach(echo::appendCodePoint);
    return echo.toString();
  }

  /** Whether nothing needs to be replaced; false also for a surrogate, which needs its pair. */
  private static boolean isHarmless(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (harmless(value.charAt(i)) != value.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** A space instead of what would break a cell, a line or a terminal. */
  private static int harmless(int codePoint) {
    return switch (codePoint) {
      case ',', '"', '\u2028', '\u2029' -> ' ';
      default -> Character.isISOControl(codePoint) || isLoneSurrogate(codePoint) ? ' ' : codePoint;
    };
  }

  private static boolean isLoneSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
