package org.kintell.backfill.job;

import java.nio.charset.Charset;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.UUID;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;

/**
 * A job, as stored in the database.
 *
 * @param queued whether it was asked to run, and waits or runs
 * @param requested {@code pause} or {@code cancel} while that is requested and not reached, else
 *     null
 * @param skippedRows rows whose session existed, and which left it as it was
 * @param updatedRows rows whose session existed, and which gave it new values
 * @param eventsPublished imported or updated sessions whose events the broker has acknowledged
 * @param eventsPending imported or updated sessions whose events wait
 * @param sessionsRemoved sessions that a rollback has removed
 * @param nodes how many processes are loading chunks of it
 * @param message what a person should know or do next, or null
 * @param errorFilePath where the error file is, or will be once the job is over
 * @param dryRun whether it only finds out what an import would do
 * @param corrected whether other jobs were made of its rejects
 * @param importedLater rows that these, and jobs made of their rejects, have imported; 0 unless the
 *     job is completed
 * @param parentJobId the job whose rejects this one's rows are, or null
 * @param sha256 of the content, unpacked and in UTF-8, in hexadecimal
 * @param charset that the file was sent in
 * @param timezone of dates without an offset, by its name; null where they are rejected
 * @param purgedAt when the stored file and the rejects were removed, or null
 */
public record Job(
    UUID id,
    String fileName,
    JobStatus status,
    boolean queued,
    String requested,
    long totalRows,
    long processedRows,
    long successfulRows,
    long failedRows,
    long skippedRows,
    long updatedRows,
    long lastProcessedRow,
    long eventsPublished,
    long eventsPending,
    long sessionsRemoved,
    int nodes,
    String message,
    String errorFilePath,
    JobOptions options,
    boolean dryRun,
    boolean corrected,
    long importedLater,
    UUID parentJobId,
    String sha256,
    Charset charset,
    String timezone,
    OffsetDateTime purgedAt,
    JobTimes times) {

  /** Whether the job waits for its turn. */
  public boolean isWaiting() {
    return queued && status == JobStatus.PENDING;
  }

  /**
   * The time zone of dates without an offset; null where they are rejected.
   *
   * @throws UnknownZoneException if the Java of this process does not know it
   */
  public ZoneId zone() {
    return zone(timezone);
  }

  /** The time zone of this name; null of null. */
  public static ZoneId zone(String name) {
    try {
      return name == null ? null : ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new UnknownZoneException(name);
    }
  }

  /**
   * The refusal of a request that the status does not allow.
   *
   * @param what the request, such as {@code retried}
   */
  public ApiException cannotBe(String what, String advice) {
    return new ApiException(ProblemType.WRONG_STATE, id, status.stored(), what, advice);
  }

  /** Reads a row of the statements that find jobs. */
  public static Job map(ResultSet row, int number) throws SQLException {
    return new Job(
        row.getObject("id", UUID.class),
        row.getString("file_name"),
        JobStatus.of(row.getString("status")),
        row.getObject("queued_at") != null,
        row.getString("requested"),
        row.getLong("total_rows"),
        row.getLong("processed_rows"),
        row.getLong("successful_rows"),
        row.getLong("failed_rows"),
        row.getLong("skipped_rows"),
        row.getLong("updated_rows"),
        row.getLong("last_processed_row"),
        row.getLong("events_published"),
        row.getLong("events_pending"),
        row.getLong("sessions_removed"),
        row.getInt("nodes"),
        row.getString("message"),
        row.getString("error_file_path"),
        new JobOptions(
            OnDuplicate.of(row.getString("on_duplicate")).orElseThrow(),
            new ErrorBudget(
                row.getObject("max_errors", Long.class), row.getBigDecimal("max_error_rate"))),
        row.getBoolean("dry_run"),
        row.getBoolean("corrected"),
        row.getLong("imported_later"),
        row.getObject("parent_job_id", UUID.class),
        row.getString("sha256"),
        Charset.forName(row.getString("charset")),
        row.getString("timezone"),
        row.getObject("purged_at", OffsetDateTime.class),
        JobTimes.map(row));
  }
}
