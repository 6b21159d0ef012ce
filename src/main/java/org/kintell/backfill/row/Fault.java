package org.kintell.backfill.row;

/**
 * A rule that a row breaks.
 *
 * @param column null for the row as a whole
 * @param value the trimmed value, of any length
 */
public record Fault(Rule rule, Column column, String value) {

  /** Longest part of a value that a message repeats, in characters of the message. */
  public static final int ECHO = 80;

  /** A fault of the row as a whole. */
  public static Fault of(Rule rule, String value) {
    return new Fault(rule, null, value);
  }

  /** The message in the error file: one line, without comma and quote. */
  public String message() {
    return rule.message(echo(value), column) + rule.advice(value);
  }

  private static String echo(String value) {
    if (value.length() <= ECHO && isHarmless(value)) {
      return value;
    }
    StringBuilder echo = new StringBuilder(Math.min(value.length(), ECHO));
    value.codePoints().limit(ECHO).map(Fault::harmless).forEach(echo::appendCodePoint);
    return Visible.of(echo.toString(), ECHO);
  }

  /** Whether nothing needs to be replaced; false also for a surrogate, which needs its pair. */
  private static boolean isHarmless(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (harmless(c) != c || !Visible.isVisible(c)) {
        return false;
      }
    }
    return true;
  }

  /** Replaces characters that would break a cell or a line by a space. */
  private static int harmless(int c) {
    return switch (c) {
      case ',', '"', '\t', '\n', '\u000b', '\f', '\r', '\u0085', '\u2028', '\u2029' -> ' ';
      default -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? ' ' : c;
    };
  }
}
