package org.kintell.backfill.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * The times of a job, all by the database's clock.
 *
 * @param startedAt when it first ran, or null
 * @param completedAt or null
 * @param asOf when the job was looked up
 * @param lastProgressAt when a chunk was loaded last, or else when it first ran; null before
 * @param secondsRun how long it ran until then: all its runs, without the time between them
 */
public record JobTimes(
    Instant createdAt,
    Instant startedAt,
    Instant completedAt,
    Instant asOf,
    Instant lastProgressAt,
    double secondsRun) {

  static JobTimes map(ResultSet row) throws SQLException {
    Instant loaded = instant(row, "last_loaded_at");
    Instant started = instant(row, "started_at");
    return new JobTimes(
        instant(row, "created_at"),
        started,
        instant(row, "completed_at"),
        instant(row, "as_of"),
        loaded == null ? started : loaded,
        row.getDouble("seconds_run"));
  }

  private static Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
