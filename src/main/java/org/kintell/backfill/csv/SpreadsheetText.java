package org.kintell.backfill.csv;

import java.io.ByteArrayOutputStream;

/**
 * Prevents formula injection in CSV files (CWE-1236). A spreadsheet may split lines at another
 * delimiter or at line ends within quotes, and skips quotes and spaces; so a cell may begin after
 * any of these. If it begins with {@code = + - @}, one of their full-width forms, a tab or a
 * carriage return, an apostrophe is put in front. One more is put in front of such a cell that has
 * apostrophes already, so that exactly the added ones can be taken off again.
 */
public final class SpreadsheetText {

  /** The most apostrophes before a formula; with more, the cell counts as text. */
  public static final int MOST_APOSTROPHES = 100;

  private static final String DELIMITERS = ",;\t|\n\r";
  private static final String FORMULA = "=+-@\t\r";
  private static final String SKIPPED = "\" ";

  private SpreadsheetText() {}

  /**
   * Escapes CSV in UTF-8. Unnecessary apostrophes in malformed records or within quotes do no harm.
   */
  public static byte[] neutralised(byte[] csv, char delimiter) {
    ByteArrayOutputStream safe = new ByteArrayOutputStream(csv.length + 16);
    boolean begins = true;
    for (int i = 0; i < csv.length; i++) {
      byte b = csv[i];
      if (begins) {
        int first = behindApostrophes(csv, i, csv.length);
        if (beginsFormula(csv, first, csv.length) && csv[first] != delimiter) {
          safe.write('\'');
        }
      }
      safe.write(b);
      begins = cellMayBeginAfter(b, begins);
    }
    return safe.toByteArray();
  }

  /**
   * Whether a spreadsheet may see a cell begin behind a byte.
   *
   * @param before whether one may begin with it
   */
  public static boolean cellMayBeginAfter(byte b, boolean before) {
    return DELIMITERS.indexOf(b) >= 0 || (before && SKIPPED.indexOf(b) >= 0);
  }

  /** The first place without an apostrophe. */
  public static int behindApostrophes(byte[] csv, int from, int end) {
    int at = from;
    while (at < end && at - from < MOST_APOSTROPHES && csv[at] == '\'') {
      at++;
    }
    return at;
  }

  /** Whether a cell that begins here is a formula. */
  public static boolean beginsFormula(byte[] csv, int at, int end) {
    return at < end && (FORMULA.indexOf(csv[at]) >= 0 || isFullWidth(csv, at, end));
  }

  /** U+FF1D, U+FF0B, U+FF0D and U+FF20. */
  private static boolean isFullWidth(byte[] csv, int at, int end) {
    if (end - at < 3 || csv[at] != (byte) 0xef) {
      return false;
    }
    int rest = (csv[at + 1] & 0xff) << 8 | (csv[at + 2] & 0xff);
    return rest == 0xbc9d || rest == 0xbc8b || rest == 0xbc8d || rest == 0xbca0;
  }
}
