package org.kintell.backfill.api;

import java.util.UUID;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.run.StopRequests;
import org.kintell.backfill.rollback.Rollbacks;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Pauses, cancels and rolls back jobs at a client's request. Every request is idempotent; an
 * impossible one is refused with advice.
 */
@Component
public class JobControl {

  private static final String PAUSE = "pause";

  private final JobRepository jobs;
  private final StopRequests requests;
  private final Rollbacks rollbacks;

  JobControl(JobRepository jobs, StopRequests requests, Rollbacks rollbacks) {
    this.jobs = jobs;
    this.requests = requests;
    this.rollbacks = rollbacks;
  }

  /** Pauses a job, or requests its pause; answers the job after that. */
  @Transactional
  public Job pause(Job job) {
    requests.pause(job.id());
    Job now = now(job.id());
    if (now.status() == JobStatus.PAUSED || PAUSE.equals(now.requested())) {
      return now;
    }
    throw refusal(now, "paused", adviceInsteadOfPause(now.status()));
  }

  private static String adviceInsteadOfPause(JobStatus status) {
    return switch (status) {
      case FAILED -> "It has already stopped; call resume to continue, or cancel to give it up.";
      case RUNNING, PENDING -> "Wait until it has stopped.";
      default -> "It is over; there is nothing left to pause.";
    };
  }

  /** Cancels a job, or requests its cancellation; answers the job after that. */
  @Transactional
  public Job cancel(Job job) {
    requests.cancel(job.id());
    Job now = now(job.id());
    if (now.status() == JobStatus.CANCELLED || now.status() == JobStatus.RUNNING) {
      return now;
    }
    throw refusal(
        now,
        "cancelled",
        now.status() == JobStatus.COMPLETED ? completed(now) : "There is nothing left to cancel.");
  }

  private static String completed(Job job) {
    String rejects =
        job.failedRows() == 0
            ? ""
            : " and %s rejected".formatted(Quantity.of(job.failedRows(), "row"));
    return "It is over, with %s imported%s; call rollback to remove its sessions."
        .formatted(Quantity.of(job.successfulRows() + job.updatedRows(), "row"), rejects);
  }

  /** Begins a rollback; false if it is already done. */
  public boolean rollback(Job job) {
    if (rollbacks.begin(job.id())) {
      return true;
    }
    Job now = now(job.id());
    if (now.status() == JobStatus.ROLLING_BACK || now.status() == JobStatus.ROLLED_BACK) {
      return now.status() == JobStatus.ROLLING_BACK;
    }
    if (now.status() != JobStatus.RUNNING && !now.isWaiting()) {
      // The job stopped meanwhile.
      return rollback(now);
    }
    throw refusal(now, "rolled back", "Cancel or pause it first.");
  }

  private static ApiException refusal(Job job, String what, String advice) {
    return new ApiException(ProblemType.WRONG_STATE, job.id(), state(job), what, advice);
  }

  private static String state(Job job) {
    return job.requested() == null || job.requested().equals(PAUSE)
        ? job.status().stored()
        : "being cancelled";
  }

  private Job now(UUID jobId) {
    return jobs.find(jobId).orElseThrow(() -> ApiException.unknownJob(jobId));
  }
}
