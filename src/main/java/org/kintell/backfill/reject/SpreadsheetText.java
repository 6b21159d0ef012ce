package org.kintell.backfill.reject;

import java.io.ByteArrayOutputStream;

/**
 * CSV that a spreadsheet takes no formula from (CWE-1236). A spreadsheet may split lines at another
 * delimiter than they are written with, at line ends within quotes, and passes over quotes and
 * spaces; so whatever follows any of these is taken for the beginning of a cell. Where it begins
 * with {@code = + - @}, one of their full-width forms, a tab or a carriage return, it gets an
 * apostrophe in front.
 */
public final class SpreadsheetText {

  private static final String DELIMITERS = ",;\t|\n\r";
  private static final String FORMULA = "=+-@\t\r";
  private static final String SKIPPED = "\" ";

  private SpreadsheetText() {}

  /**
   * Makes some CSV in UTF-8, written with a delimiter, safe. In a malformed record it is anybody's
   * guess what a cell is, and within quotes an apostrophe too many does no harm.
   */
  public static byte[] neutralised(byte[] csv, char delimiter) {
    ByteArrayOutputStream safe = new ByteArrayOutputStream(csv.length + 16);
    boolean begins = true;
    for (int i = 0; i < csv.length; i++) {
      byte b = csv[i];
      if (begins && b != delimiter && beginsFormula(csv, i)) {
        safe.write('\'');
      }
      safe.write(b);
      begins = DELIMITERS.indexOf(b) >= 0 || (begins && SKIPPED.indexOf(b) >= 0);
    }
    return safe.toByteArray();
  }

  private static boolean beginsFormula(byte[] csv, int at) {
    return FORMULA.indexOf(csv[at]) >= 0 || isFullWidth(csv, at);
  }

  /** U+FF1D, U+FF0B, U+FF0D and U+FF20. */
  private static boolean isFullWidth(byte[] csv, int at) {
    if (csv.length - at < 3 || csv[at] != (byte) 0xef) {
      return false;
    }
    int rest = (csv[at + 1] & 0xff) << 8 | (csv[at + 2] & 0xff);
    return rest == 0xbc9d || rest == 0xbc8b || rest == 0xbc8d || rest == 0xbca0;
  }
}
