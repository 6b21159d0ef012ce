package org.kintell.backfill.reject;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A page of a job's rejects, in the order of their rows.
 *
 * @param columns names of the file's columns in its order, without those that an error file adds
 * @param total matching rejects over all pages; only on the first page
 * @param next the {@code cursor} of the next page; absent on the last one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RejectPage(List<String> columns, List<Row> rejects, Long total, String next) {

  /** Whether a reject can still be imported. */
  enum State {
    /** No job has it. */
    OPEN,
    /** A job that is not over has it. */
    TAKEN,
    /** A job made from the rejects has imported it. */
    IMPORTED
  }

  /**
   * A rejected row.
   *
   * @param row counts data rows from 1
   * @param state {@code open}, {@code taken} or {@code imported}
   * @param jobId the job that has taken or imported it; absent while it is open
   * @param fields text of each column, trimmed; absent if the row cannot be split
   * @param text the row as in the file; present if it cannot be split
   * @param tooLong true if the row is too long for a page, which then has neither
   * @param bytes length of such a row; absent for others
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Row(
      long row,
      String state,
      UUID jobId,
      Map<String, String> fields,
      String text,
      Boolean tooLong,
      Long bytes,
      List<CellFault> faults) {}

  /**
   * A fault of a rejected row.
   *
   * @param column absent for a fault of the row as a whole
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record CellFault(String cause, String column, String message) {}
}
