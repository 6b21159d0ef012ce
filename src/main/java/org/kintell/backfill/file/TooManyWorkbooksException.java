package org.kintell.backfill.file;

/** A workbook had to wait too long for others to be read. */
public final class TooManyWorkbooksException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TooManyWorkbooksException() {
    super("other workbooks are being read");
  }
}
