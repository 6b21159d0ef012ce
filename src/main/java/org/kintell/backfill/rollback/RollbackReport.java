package org.kintell.backfill.rollback;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a rollback removed so far, or would remove, and what it leaves.
 *
 * @param dryRun whether nothing was done but counting
 * @param removed sessions that the job had created
 * @param kept what belongs to rows of the job and stays, each for one of the reasons
 * @param reasons why, with how many each
 * @param removedOutside sessions of the job that were deleted by hand
 * @param updatedByOtherJobs of those removed, how many another job has given new values; of a dry
 *     run only
 * @param retracted number of {@code kintell.session.retracted} events
 * @param retractionsPending of those, how many wait for the broker
 * @param children jobs made of its rejects that have sessions, which a rollback leaves
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
   * @param sessions those that it imported and that are there
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
