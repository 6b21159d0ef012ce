package org.kintell.backfill.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The counts of a job in one snapshot of the database, and whether they add up: each row of the
 * file is in one chunk; each row of a loaded chunk became a session or a reject, never both; rows
 * of other chunks became nothing.
 *
 * <p>Sessions removed by hand do not make a job inconsistent. The service counts those that a
 * rollback removes, so sessions missing beyond that were removed from outside, and {@code
 * removedOutside} counts them chunk by chunk: a surplus in one chunk does not hide a loss in
 * another.
 *
 * @param consistent whether there are no problems
 * @param problems what does not add up, one sentence each
 * @param totalRows rows of the file
 * @param plannedRows rows of all chunks
 * @param processedRows rows of loaded chunks: successful, failed, skipped and updated ones
 * @param sessions those in the database that carry the job's id
 * @param removed sessions that a rollback removed
 * @param removedOutside sessions of loaded chunks that are no longer there
 * @param sessionsWithoutUsers sessions that carry the job's id and whose participant or volunteer
 *     is no user; a problem where foreign keys forbid it
 * @param rejects rows kept for the error file
 * @param eventsPublished imported or updated sessions whose events the broker has acknowledged
 * @param eventsPending imported or updated sessions whose events wait
 */
public record Verification(
    UUID jobId,
    String status,
    boolean consistent,
    List<String> problems,
    long totalRows,
    long plannedRows,
    long processedRows,
    long successfulRows,
    long failedRows,
    long skippedRows,
    long updatedRows,
    long sessions,
    long removed,
    long removedOutside,
    long sessionsWithoutUsers,
    long rejects,
    long chunks,
    long chunksLoaded,
    long eventsPublished,
    long eventsPending) {

  static Verification map(ResultSet row, int number) throws SQLException {
    List<String> problems = problems(row);
    return new Verification(
        row.getObject("id", UUID.class),
        row.getString("status"),
        problems.isEmpty(),
        problems,
        row.getLong("total_rows"),
        row.getLong("planned"),
        row.getLong("loaded_rows"),
        row.getLong("successful"),
        row.getLong("failed"),
        row.getLong("skipped"),
        row.getLong("updated"),
        row.getLong("sessions"),
        row.getLong("removed"),
        row.getLong("removed_outside"),
        row.getLong("sessions_without_users"),
        row.getLong("rejects"),
        row.getLong("chunks"),
        row.getLong("chunks_loaded"),
        row.getLong("events_published"),
        row.getLong("events_pending"));
  }

  private static List<String> problems(ResultSet row) throws SQLException {
    Problems problems = new Problems();
    long total = row.getLong("total_rows");
    long successful = row.getLong("successful");
    long failed = row.getLong("failed");
    long others = row.getLong("skipped") + row.getLong("updated");
    problems.unless(
        row.getLong("planned") == total,
        "The file has %d rows, but its chunks hold %d",
        total,
        row.getLong("planned"));
    problems.unlessNone(row, "gaps", "Rows are in no chunk or in two, at %d places of the plan");
    problems.unlessNone(row, "miscounted", "%d chunks hold other rows than they count");
    problems.unless(
        successful + failed + others == row.getLong("loaded_rows"),
        "The loaded chunks hold %d rows, but %d were imported and %d rejected, %d skipped or updated",
        row.getLong("loaded_rows"),
        successful,
        failed,
        others);
    problems.unlessNone(
        row, "surplus_sessions", "%d sessions carry the job's id that no loaded chunk counts");
    problems.unlessNone(
        row, "chunks_with_other_rejects", "%d chunks count other rejects than are stored");
    problems.unlessNone(
        row, "chunks_with_other_updates", "%d chunks count other updates than are noted");
    problems.unlessNone(row, "stray", "%d sessions or rejects are of rows that are in no chunk");
    problems.unlessNone(row, "both_session_and_reject", "%d rows are both imported and rejected");
    problems.unless(
        !row.getBoolean("sessions_need_users") || row.getLong("sessions_without_users") == 0,
        "%d sessions lack their participant or volunteer in users",
        row.getLong("sessions_without_users"));
    problems.unless(
        !JobStatus.ROLLED_BACK.stored().equals(row.getString("status"))
            || row.getLong("sessions") == 0,
        "The job is rolled back, but %d of its sessions are left",
        row.getLong("sessions"));
    problems.unlessNone(row, "published_too_early", "%d chunks are published but not loaded");
    reported(row, problems);
    return problems.found;
  }

  /** The counters in the job's row may lag behind the ledger, but always add up. */
  private static void reported(ResultSet row, Problems problems) throws SQLException {
    long processed = row.getLong("processed_rows");
    long successful = row.getLong("successful_rows");
    long failed = row.getLong("failed_rows");
    long others = row.getLong("skipped_rows") + row.getLong("updated_rows");
    problems.unless(
        processed == successful + failed + others,
        "The job reports %d rows processed, but %d successful and %d failed, %d skipped or updated",
        processed,
        successful,
        failed,
        others);
    problems.unless(
        successful <= row.getLong("successful") && failed <= row.getLong("failed"),
        "The job reports %d rows successful and %d failed, its chunks only %d and %d",
        successful,
        failed,
        row.getLong("successful"),
        row.getLong("failed"));
    problems.unless(
        !JobStatus.COMPLETED.stored().equals(row.getString("status"))
            || (processed == row.getLong("total_rows")
                && row.getLong("chunks") == row.getLong("chunks_loaded")),
        "The job is completed with %d of %d rows processed, and %d of %d chunks loaded",
        processed,
        row.getLong("total_rows"),
        row.getLong("chunks_loaded"),
        row.getLong("chunks"));
  }

  private static final class Problems {
    private final List<String> found = new ArrayList<>();

    void unless(boolean holds, String problem, Object... figures) {
      if (!holds) {
        found.add(problem.formatted(figures));
      }
    }

    void unlessNone(ResultSet row, String column, String problem) throws SQLException {
      unless(row.getLong(column) == 0, problem, row.getLong(column));
    }
  }
}
