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
import java.util.EnumSet;
import java.util.Set;

/**
 * The ways from one state of a job to another. There are no others: the database refuses them, with
 * the trigger {@code backfill_jobs_transition}.
 */
public enum JobTransition {
  BEGIN(PENDING, RUNNING, "The job was asked to run, and its turn has come."),
  PAUSE_BEFORE_IT_RUNS(PENDING, PAUSED, "Somebody asked to pause before its turn came."),
  PAUSE(RUNNING, PAUSED, "Somebody asked to pause, or the error budget was exceeded."),
  RESUME(PAUSED, PENDING, "Somebody asked it to go on, and it waits for its turn again."),
  RESUME_FAILED(FAILED, PENDING, "What failed was mended, and it waits for its turn again."),
  COMPLETE(RUNNING, COMPLETED, "Every chunk is loaded, and what came of them adds up."),
  CANCEL_BEFORE_IT_RUNS(PENDING, CANCELLED, "Somebody gave it up before its turn came."),
  CANCEL(RUNNING, CANCELLED, "Somebody gave it up while it ran; what is loaded stays."),
  CANCEL_PAUSED(PAUSED, CANCELLED, "Somebody gave it up while it was paused."),
  CANCEL_FAILED(FAILED, CANCELLED, "Somebody gave it up after it had failed."),
  UNDO_NOTHING(PENDING, ROLLED_BACK, "It never ran, so that there is nothing to take back."),
  UNDO_PAUSED(PAUSED, ROLLING_BACK, "Its sessions are to be removed instead of more imported."),
  UNDO(COMPLETED, ROLLING_BACK, "Its sessions are to be removed again."),
  UNDO_FAILED(FAILED, ROLLING_BACK, "The sessions it imported before it failed are to be removed."),
  UNDO_CANCELLED(CANCELLED, ROLLING_BACK, "The sessions it left are to be removed after all."),
  UNDONE(ROLLING_BACK, ROLLED_BACK, "None of its sessions is left."),
  FAIL_WAITING(PENDING, FAILED, "A fault that does not pass kept it from beginning, or by hand."),
  FAIL(RUNNING, FAILED, "A fault that does not pass stopped it, or somebody did by hand."),
  FAIL_UNDOING(
      ROLLING_BACK, FAILED, "A fault that does not pass kept sessions from being removed."),
  FAIL_PAUSED(PAUSED, FAILED, "Set by hand; it can be resumed as before."),
  FAIL_COMPLETED(COMPLETED, FAILED, "Set by hand, as after sessions were deleted by hand."),
  FAIL_CANCELLED(CANCELLED, FAILED, "Set by hand: the one way to resume it after all."),
  FAIL_ROLLED_BACK(ROLLED_BACK, FAILED, "Set by hand; its sessions are gone all the same.");

  private final JobStatus from;
  private final JobStatus to;
  private final String meaning;

  JobTransition(JobStatus from, JobStatus to, String meaning) {
    this.from = from;
    this.to = to;
    this.meaning = meaning;
  }

  /** The states that a job can go to from this one. */
  public static Set<JobStatus> from(JobStatus status) {
    Set<JobStatus> targets = EnumSet.noneOf(JobStatus.class);
    Arrays.stream(values()).filter(arrow -> arrow.from == status).forEach(a -> targets.add(a.to));
    return targets;
  }

  /** Why a job goes this way, in a sentence. */
  public String meaning() {
    return meaning;
  }
}
