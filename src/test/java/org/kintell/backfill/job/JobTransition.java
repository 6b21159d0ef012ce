package org.kintell.backfill.job;

import static org.kintell.backfill.job.JobStatus.CANCELLED;
import static org.kintell.backfill.job.JobStatus.COMPLETED;
import static org.kintell.backfill.job.JobStatus.FAILED;
import static org.kintell.backfill.job.JobStatus.PAUSED;
import static org.kintell.backfill.job.JobStatus.PENDING;
import static org.kintell.backfill.job.JobStatus.ROLLED_BACK;
import static org.kintell.backfill.job.JobStatus.ROLLING_BACK;
import static org.kintell.backfill.job.JobStatus.RUNNING;

import java.util.Arrays;
import java.util.Optional;

/** Every allowed change of a job's status, and why it happens. */
enum JobTransition {
  BEGIN(PENDING, RUNNING, "Its turn in the queue has come."),
  PAUSE_BEFORE_IT_RUNS(PENDING, PAUSED, "A pause was requested before its turn came."),
  PAUSE(RUNNING, PAUSED, "A pause was requested, or the error budget was exceeded."),
  RESUME(PAUSED, PENDING, "It was resumed and waits for its turn."),
  RESUME_FAILED(FAILED, PENDING, "The cause was fixed and it was resumed."),
  COMPLETE(RUNNING, COMPLETED, "Every chunk is loaded and the counts add up."),
  CANCEL_BEFORE_IT_RUNS(PENDING, CANCELLED, "It was cancelled before its turn came."),
  CANCEL(RUNNING, CANCELLED, "It was cancelled; the loaded chunks stay."),
  CANCEL_PAUSED(PAUSED, CANCELLED, "It was cancelled while paused."),
  CANCEL_FAILED(FAILED, CANCELLED, "It was cancelled after it had failed."),
  UNDO_NOTHING(PENDING, ROLLED_BACK, "It never ran, so there is nothing to remove."),
  UNDO_PAUSED(PAUSED, ROLLING_BACK, "A rollback of a paused job was requested."),
  UNDO(COMPLETED, ROLLING_BACK, "A rollback of a completed job was requested."),
  UNDO_FAILED(FAILED, ROLLING_BACK, "A rollback of a failed job was requested."),
  UNDO_CANCELLED(CANCELLED, ROLLING_BACK, "A rollback of a cancelled job was requested."),
  UNDONE(ROLLING_BACK, ROLLED_BACK, "All of its sessions are removed."),
  FAIL_WAITING(PENDING, FAILED, "A permanent failure kept it from starting, or set by hand."),
  FAIL(RUNNING, FAILED, "A permanent failure stopped it, or set by hand."),
  FAIL_UNDOING(ROLLING_BACK, FAILED, "A permanent failure stopped the rollback."),
  FAIL_PAUSED(PAUSED, FAILED, "Set by hand; it can be resumed as before."),
  FAIL_COMPLETED(COMPLETED, FAILED, "Set by hand, as after sessions were deleted by hand."),
  FAIL_CANCELLED(CANCELLED, FAILED, "Set by hand: the one way to resume it after all."),
  FAIL_ROLLED_BACK(ROLLED_BACK, FAILED, "Set by hand; its sessions stay removed.");

  private final JobStatus from;
  private final JobStatus to;

  /** Shown when the database refuses the change. */
  final String reason;

  JobTransition(JobStatus from, JobStatus to, String reason) {
    this.from = from;
    this.to = to;
    this.reason = reason;
  }

  static Optional<JobTransition> between(JobStatus from, JobStatus to) {
    return Arrays.stream(values()).filter(t -> t.from == from && t.to == to).findFirst();
  }
}
