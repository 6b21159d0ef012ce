package org.kintell.backfill.dryrun;

import java.util.List;

/**
 * What an import of a file would do.
 *
 * @param successfulRows rows that would be imported
 * @param failedRows rows that would be rejected
 * @param skippedRows rows whose session exists, and which would leave it as it is
 * @param updatedRows rows whose session exists, and which would give it new values
 * @param faults by cause, the most frequent first; a row with several faults stands in several
 * @param emailsNotFound addresses that are no user's, the most needed first; not more than a
 *     thousand
 * @param emailsNotFoundTotal how many there are
 */
public record DryRunReport(
    String fileName,
    long totalRows,
    long successfulRows,
    long failedRows,
    long skippedRows,
    long updatedRows,
    List<Cause> faults,
    List<Email> emailsNotFound,
    long emailsNotFoundTotal,
    Duplicates duplicates) {

  /**
   * Rows that would be rejected for a cause.
   *
   * @param rows how many
   * @param first the first of them
   */
  public record Cause(String cause, long rows, List<Row> first) {}

  /**
   * A row that would be rejected.
   *
   * @param message what is wrong with it, for that cause
   */
  public record Row(long row, String message) {}

  /**
   * An address that is no user's.
   *
   * @param rows how many rows need it
   * @param roles {@code participant}, {@code volunteer} or both
   */
  public record Email(String email, long rows, List<String> roles) {}

  /**
   * Rows whose session_id is taken.
   *
   * @param inFile by an earlier row of the file that would be imported
   * @param inDatabase by a session that exists
   */
  public record Duplicates(Repeats inFile, Repeats inDatabase) {}

  /**
   * Rows of one kind of duplicate.
   *
   * @param first the numbers of the first of them
   */
  public record Repeats(long rows, List<Long> first) {}
}
