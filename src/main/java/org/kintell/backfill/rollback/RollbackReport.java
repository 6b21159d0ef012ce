package org.kintell.backfill.rollback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Counts of sessions that a rollback removed so far, or would remove, and of those that it leaves.
 *
 * @param dryRun whether the sessions were only counted
 * @param removed sessions that the job had created
 * @param kept sessions of the job's rows that stay, each for one of the reasons
 * @param reasons the reasons, with a count each
 * @param removedOutside sessions of the job that were deleted in SQL
 * @param updatedByOtherJobs removed sessions that another job has updated; dry run only
 * @param retracted number of {@code kintell.session.retracted} events
 * @param retractionsPending events of these that wait for the broker
 * @param children jobs from its rejects, whose sessions a rollback leaves
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RollbackReport(
    UUID jobId,
    String status,
    boolean dryRun,
    long removed,
    long kept,
    List<Reason> reasons,
    long removedOutside,
    Long updatedByOtherJobs,
    long retracted,
    long retractionsPending,
    List<Child> children) {

  /**
   * @param reason a stable identifier
   */
  public record Reason(String reason, long count, String explanation) {}

  /**
   * @param sessions number of its imported sessions that exist
   * @param rollback the request that removes them
   */
  public record Child(UUID jobId, String status, long sessions, String rollback) {

    static Child map(ResultSet row) throws SQLException {
      UUID id = row.getObject("id", UUID.class);
      return new Child(
          id,
          row.getString("status"),
          row.getLong("sessions"),
          "POST /import/backfill/" + id + "/rollback");
    }
  }

  static RollbackReport map(ResultSet row, boolean dryRun, List<Child> children)
      throws SQLException {
    long present = row.getLong("present");
    long removed = row.getLong("removed");
    long updated = row.getLong("updated_of_others");
    long skipped = row.getLong("skipped");
    long gone = Math.max(row.getLong("successful") - removed - present, 0);
    List<Reason> reasons = new ArrayList<>();
    if (updated > 0) {
      reasons.add(
          new Reason(
              "updated",
              updated,
              "Sessions that the job found and gave new values; the old ones are not known."));
    }
    if (skipped > 0) {
      reasons.add(
          new Reason("skipped", skipped, "Rows whose session the job found and left as it was."));
    }
    return new RollbackReport(
        row.getObject("id", UUID.class),
        row.getString("status"),
        dryRun,
        dryRun ? removed + present : removed,
        updated + skipped,
        reasons,
        gone,
        dryRun ? row.getLong("updated_by_others") : null,
        row.getLong("retracted") + (dryRun ? row.getLong("told") : 0),
        row.getLong("retractions_pending"),
        children);
  }
}
