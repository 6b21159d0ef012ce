package org.kintell.backfill.reject;

import java.io.ByteArrayOutputStream;

/**
 * Prevents formula injection in CSV files (CWE-1236). A spreadsheet may split lines at another
 * delimiter or at line ends within quotes, and skips quotes and spaces; so a cell may begin after
 * any of these. If it begins with {@code = + - @}, one of their full-width forms, a tab or a
 * carriage return, an apostrophe is put in front.
 */
public final class SpreadsheetText {

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
