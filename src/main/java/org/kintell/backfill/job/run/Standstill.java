package org.kintell.backfill.job.run;

import java.time.Duration;
import java.time.Instant;
import org.kintell.backfill.database.DatabaseWaits;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.JobTimes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds out what a job waits for that has loaded nothing for a while. */
@Component
public class Standstill {

  /** A chunk normally takes less. */
  private static final Duration STILL = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  private final Loaders loaders;

  Standstill(JdbcClient jdbc, Loaders loaders) {
    this.jdbc = jdbc;
    this.loaders = loaders;
  }

  /** In words for an operator; null for a job that makes progress or does not run. */
  public String reason(Job job) {
    if (job.isWaiting()) {
      boolean isNew = isShort(job.times().createdAt(), job.times().asOf());
      return isNew ? null : "its turn: as many jobs run as BACKFILL_MAX_CONCURRENT_JOBS allows";
    }
    if (job.status() != JobStatus.RUNNING || isMoving(job.times())) {
      return null;
    }
    return DatabaseWaits.worst(jdbc)
        .orElseGet(
            () ->
                loaders.areFree()
                    ? "nothing that the database knows of; GET /actuator/support has the threads"
                    : "a loader: all of them load chunks; BACKFILL_LOADERS sets their number");
  }

  private static boolean isMoving(JobTimes times) {
    return times.lastProgressAt() == null || isShort(times.lastProgressAt(), times.asOf());
  }

  private static boolean isShort(Instant from, Instant to) {
    return Duration.between(from, to).compareTo(STILL) < 0;
  }
}
