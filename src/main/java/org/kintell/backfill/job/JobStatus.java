package org.kintell.backfill.job;

import java.util.Locale;

/**
 * The states of a job, as stored in {@code backfill_jobs.status}. The database refuses changes that
 * are not allowed (trigger {@code backfill_jobs_changed}).
 */
public enum JobStatus {
  /** Created, or asked to go on and waiting for its turn. */
  PENDING,
  RUNNING,
  /** Stopped at a chunk boundary, to be resumed. */
  PAUSED,
  /** Every row is imported or rejected. */
  COMPLETED,
  /** Stopped by a fault or by hand; can be resumed. */
  FAILED,
  /** Given up; what it imported stays. */
  CANCELLED,
  /** Its sessions are being removed. */
  ROLLING_BACK,
  /** None of its sessions is left. */
  ROLLED_BACK;

  private final String stored = name().toLowerCase(Locale.ROOT);

  /** As it stands in the database and in JSON. */
  public String stored() {
    return stored;
  }

  static JobStatus of(String stored) {
    return valueOf(stored.toUpperCase(Locale.ROOT));
  }

  /** Whether nothing more happens to the job by itself. */
  public boolean isOver() {
    return this != PENDING && this != RUNNING && this != ROLLING_BACK;
  }

  /** Whether the job can be asked to start or to go on. */
  public boolean isResumable() {
    return this == PENDING || this == PAUSED || this == FAILED;
  }
}
