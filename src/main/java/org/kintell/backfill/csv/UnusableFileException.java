package org.kintell.backfill.csv;

/** A file that cannot become a job. The message tells its sender what to do. */
public class UnusableFileException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why a file cannot be used, by a stable identifier. */
  public enum Reason {
    EMPTY("empty-file"),
    NOT_CSV("not-csv"),
    DAMAGED_GZIP("damaged-gzip"),
    UNREADABLE_ZIP("unreadable-zip"),
    ZIP_CONTENT("zip-content"),
    SEVERAL_SHEETS("several-sheets"),
    MISSING_COLUMNS("missing-columns"),
    REPEATED_COLUMNS("repeated-columns"),
    PARAMETERS("invalid-parameters"),
    ENDS_PROCESS("ends-process"),
    TOO_LARGE("too-large");

    private final String identifier;

    Reason(String identifier) {
      this.identifier = identifier;
    }

    public String identifier() {
      return identifier;
    }
  }

  private final Reason reason;

  public UnusableFileException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** For a file that is no text of comma-separated values. */
  public static UnusableFileException notCsv(String observation) {
    return new UnusableFileException(
        Reason.NOT_CSV, "The file is not CSV in UTF-8. " + observation);
  }

  /** For a file without a byte, or without a line. */
  public static UnusableFileException empty() {
    return new UnusableFileException(
        Reason.EMPTY, "The file is empty. Send a CSV file whose first line names the columns.");
  }

  public Reason reason() {
    return reason;
  }
}
