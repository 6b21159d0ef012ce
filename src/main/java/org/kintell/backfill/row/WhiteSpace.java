package org.kintell.backfill.row;

/**
 * Characters that are ignored at the ends of a name or value: Unicode's white space, the separators
 * that Java adds to it, and the zero-width characters that web pages and spreadsheets produce.
 */
public final class WhiteSpace {

  private WhiteSpace() {}

  /** All of them are in the basic plane. */
  public static boolean is(int c) {
    if (c < 0x80) {
      return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1c && c <= 0x1f);
    }
    return switch (c) {
      case 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x2060, 0x3000, 0xfeff -> true;
      default -> c >= 0x2000 && c <= 0x200b;
    };
  }

  /** Removes these characters from both ends of a text. */
  public static String strip(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && is(text.charAt(from))) {
      from++;
    }
    while (from < to && is(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  public static boolean isBlank(String text) {
    return strip(text).isEmpty();
  }
}
