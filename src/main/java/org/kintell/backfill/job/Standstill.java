package org.kintell.backfill.job;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.kintell.backfill.SqlFile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds out what a job waits for of which nothing was loaded for a while. */
@Component
public class Standstill {

  /** A chunk takes less, as a rule. */
  private static final Duration STILL = Duration.ofSeconds(10);

  private static final String WAITS = SqlFile.read("service-waits");

  private final JdbcClient jdbc;
  private final Loaders loaders;

  Standstill(JdbcClient jdbc, Loaders loaders) {
    this.jdbc = jdbc;
    this.loaders = loaders;
  }

  /** In words for an operator; null for a job that goes on, or is not to. */
  public String reason(Job job) {
    if (job.isWaiting()) {
      boolean isNew = isShort(job.times().createdAt(), job.times().asOf());
      return isNew ? null : "its turn: as many jobs run as BACKFILL_MAX_CONCURRENT_JOBS allows";
    }
    if (job.status() != JobStatus.RUNNING || isMoving(job.times())) {
      return null;
    }
    return jdbc.sql(WAITS)
        .query((row, number) -> words(row))
        .optional()
        .orElseGet(
            () ->
                loaders.permits().availablePermits() > 0
                    ? "nothing that the database knows of; GET /actuator/support has the threads"
                    : "a loader: all of them load chunks; BACKFILL_LOADERS sets their number");
  }

  private static boolean isMoving(JobTimes times) {
    return times.lastProgressAt() == null || isShort(times.lastProgressAt(), times.asOf());
  }

  private static boolean isShort(Instant from, Instant to) {
    return Duration.between(from, to).compareTo(STILL) < 0;
  }

  private static String words(ResultSet row) throws SQLException {
    long seconds = row.getLong("seconds");
    int blocker = row.getInt("blocker");
    if (blocker == 0) {
      return "the database: a statement of process %d runs for %d s (%s)"
          .formatted(row.getInt("waiter"), seconds, row.getString("wait"));
    }
    return "a lock in the database that process %d holds (application %s, user %s, %s, for %d s). To end it: SELECT pg_terminate_backend(%d)"
        .formatted(
            blocker,
            row.getString("application"),
            row.getString("usename"),
            row.getString("state"),
            seconds,
            blocker);
  }
}
