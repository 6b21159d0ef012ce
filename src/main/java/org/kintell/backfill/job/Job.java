package org.kintell.backfill.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.kintell.backfill.source.Header;

/**
 * A job, as the database has it.
 *
 * @param queued whether it was asked to run, and waits or runs
 * @param eventsPublished imported sessions whose events the broker has acknowledged
 * @param eventsPending imported sessions whose events wait
 * @param message what a person should know or do next, or null
 * @param errorFilePath where the error file is, or will be once the job is over
 * @param sha256 of the unpacked content, in hexadecimal
 */
public record Job(
    UUID id,
    String fileName,
    JobStatus status,
    boolean queued,
    long totalRows,
    long processedRows,
    long successfulRows,
    long failedRows,
    long lastProcessedRow,
    long eventsPublished,
    long eventsPending,
    String message,
    String errorFilePath,
    String sha256,
    Header header,
    JobTimes times) {

  /** Whether the job waits for its turn. */
  public boolean isWaiting() {
    return queued && status == JobStatus.PENDING;
  }

  static Job map(ResultSet row, int number) throws SQLException {
    byte[] header = row.getBytes("header");
    return new Job(
        row.getObject("id", UUID.class),
        row.getString("file_name"),
        JobStatus.of(row.getString("status")),
        row.getObject("queued_at") != null,
        row.getLong("total_rows"),
        row.getLong("processed_rows"),
        row.getLong("successful_rows"),
        row.getLong("failed_rows"),
        row.getLong("last_processed_row"),
        row.getLong("events_published"),
        row.getLong("events_pending"),
        row.getString("message"),
        row.getString("error_file_path"),
        row.getString("sha256"),
        header == null
            ? null
            : Header.of(header, row.getString("delimiter").charAt(0), row.getString("line_end")),
        JobTimes.map(row));
  }
}
