package org.kintell.backfill.row;

/** Text for people: invisible characters are written as their numbers. */
public final class Visible {

  private Visible() {}

  /**
   * A text of one line, with {@code \u00a0} instead of a no-break space.
   *
   * @param most characters of the result
   */
  public static String of(String text, int most) {
    StringBuilder visible = new StringBuilder(Math.min(text.length(), most));
    int characters = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      boolean shown = isVisible(c);
      String escape = shown ? "" : escape(c);
      characters += shown ? 1 : escape.length();
      if (characters > most) {
        break;
      }
      if (shown) {
        visible.appendCodePoint(c);
      } else {
        visible.append(escape);
      }
    }
    return visible.toString();
  }

  static boolean isVisible(int c) {
    if (c == ' ' || (c > ' ' && c < 0x7f)) {
      return true;
    }
    return !isFiller(c)
        && switch (Character.getType(c)) {
          case Character.CONTROL,
              Character.FORMAT,
              Character.LINE_SEPARATOR,
              Character.PARAGRAPH_SEPARATOR,
              Character.SPACE_SEPARATOR,
              Character.SURROGATE ->
              false;
          default -> true;
        };
  }

  /** Letters and symbols without a visible form. */
  private static boolean isFiller(int c) {
    return c == 0x034f || c == 0x115f || c == 0x1160 || c == 0x2800 || c == 0x3164 || c == 0xffa0;
  }

  private static String escape(int c) {
    return c <= 0xffff ? "\\u%04x".formatted(c) : "\\u{%x}".formatted(c);
  }
}
