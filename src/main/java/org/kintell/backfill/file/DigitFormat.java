package org.kintell.backfill.file;

import java.util.Optional;

/**
 * A number format of zeros with fixed texts around or between them, such as {@code 00000} or {@code
 * "KS-"0000}: what it adds is part of an id.
 */
final class DigitFormat {

  private static final char DIGIT = '\0';

  /** Shown as they are, without quotes. */
  private static final String PLAIN_LITERALS = "- ";

  private final String template;

  private DigitFormat(String template) {
    this.template = template;
  }

  /**
   * The format with this code, of which positive numbers have the first section; empty for others.
   */
  static Optional<DigitFormat> of(String code) {
    String locale = "[$-";
    int start = code.startsWith(locale) ? code.indexOf(']') + 1 : 0;
    StringBuilder template = new StringBuilder();
    boolean digits = false;
    for (int i = start; i < code.length() && code.charAt(i) != ';'; i++) {
      char c = code.charAt(i);
      int end = c == '"' ? code.indexOf('"', i + 1) : i + 1;
      if (c == '0') {
        template.append(DIGIT);
        digits = true;
      } else if (PLAIN_LITERALS.indexOf(c) >= 0) {
        template.append(c);
      } else if (c == '"' && end > 0) {
        template.append(code, i + 1, end);
        i = end;
      } else if (c == '\\' && end < code.length()) {
        template.append(code.charAt(end));
        i = end;
      } else {
        return Optional.empty();
      }
    }
    return digits ? Optional.of(new DigitFormat(template.toString())) : Optional.empty();
  }

  /**
   * A number as it is shown.
   *
   * @param digits of a whole number that is not negative
   */
  String text(String digits) {
    StringBuilder text = new StringBuilder(template);
    int first = template.indexOf(DIGIT);
    int end = digits.length();
    for (int i = template.length() - 1; i >= first; i--) {
      if (template.charAt(i) == DIGIT) {
        int from = i == first ? 0 : Math.max(0, end - 1);
        text.replace(i, i + 1, end == 0 ? "0" : digits.substring(from, end));
        end = from;
      }
    }
    return text.toString();
  }
}
