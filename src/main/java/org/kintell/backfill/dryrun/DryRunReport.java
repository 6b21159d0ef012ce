package org.kintell.backfill.dryrun;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Predicted outcome of an import.
 *
 * @param successfulRows rows that would be imported
 * @param failedRows rows that would be rejected
 * @param skippedRows rows whose session exists and would stay unchanged
 * @param updatedRows rows that would update an existing session
 * @param faults by cause, the most frequent first; a row with several faults is in several
 * @param emailsNotFound addresses without a user, the most frequent first; at most a thousand
 * @param emailsNotFoundTotal number of all such addresses
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
   * @param messages the most frequent faults; none of causes whose values the report lists by
   *     itself
   */
  public record Cause(String cause, long rows, List<Row> first, List<Message> messages) {}

  /**
   * A fault that rows have in common.
   *
   * @param rows how many
   */
  public record Message(String message, long rows) {}

  /**
   * A row that would be rejected.
   *
   * @param message its fault, for that cause
   */
  public record Row(long row, String message) {}

  /**
   * An address without a user.
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

  /** All rows in the report. */
  Set<Long> rows() {
    Set<Long> rows = new HashSet<>();
    faults.forEach(cause -> cause.first().forEach(row -> rows.add(row.row())));
    rows.addAll(duplicates.inFile().first());
    rows.addAll(duplicates.inDatabase().first());
    return rows;
  }

  /** The same report with other numbers for rows; a row without another keeps its own. */
  DryRunReport renumbered(Map<Long, Long> numbers) {
    return new DryRunReport(
        fileName,
        totalRows,
        successfulRows,
        failedRows,
        skippedRows,
        updatedRows,
        faults.stream().map(cause -> renumbered(cause, numbers)).toList(),
        emailsNotFound,
        emailsNotFoundTotal,
        new Duplicates(
            renumbered(duplicates.inFile(), numbers),
            renumbered(duplicates.inDatabase(), numbers)));
  }

  private static Cause renumbered(Cause cause, Map<Long, Long> numbers) {
    return new Cause(
        cause.cause(),
        cause.rows(),
        cause.first().stream()
            .map(row -> new Row(numbers.getOrDefault(row.row(), row.row()), row.message()))
            .toList(),
        cause.messages());
  }

  private static Repeats renumbered(Repeats repeats, Map<Long, Long> numbers) {
    return new Repeats(
        repeats.rows(),
        repeats.first().stream().map(row -> numbers.getOrDefault(row, row)).toList());
  }
}
