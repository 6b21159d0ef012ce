package org.kintell.backfill.start;

import java.io.IOException;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.ErrorBudget;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.run.ErrorBudgets;
import org.kintell.backfill.job.run.StopRequests;
import org.kintell.backfill.store.FileIndexer;
import org.kintell.backfill.store.FileStore;
import org.springframework.stereotype.Component;

/** Checks that a job may start or continue. */
@Component
public class ResumeService {

  private final JobRepository jobs;
  private final FileIndexer indexer;
  private final FileStore files;
  private final RestoredFiles restored;
  private final StopRequests stops;
  private final ErrorBudgets budgets;
  private final JobQueueLimit room;

  ResumeService(
      JobRepository jobs,
      FileIndexer indexer,
      FileStore files,
      RestoredFiles restored,
      StopRequests stops,
      ErrorBudgets budgets,
      JobQueueLimit room) {
    this.jobs = jobs;
    this.indexer = indexer;
    this.files = files;
    this.restored = restored;
    this.stops = stops;
    this.budgets = budgets;
    this.room = room;
  }

  /**
   * Checks that a job may start or continue, and stores its file or error budget if given.
   *
   * @param file the job's file again, or null
   * @param budget a new error budget; an unlimited one changes nothing
   * @return the job to be queued; null if it already waits or runs
   */
  public UUID resumable(
      @Body Job asked, @Header("file") SourceFile file, @Header("budget") ErrorBudget budget)
      throws IOException {
    // It may have changed since it was looked up.
    Job job = jobs.find(asked.id()).orElseThrow(() -> ApiException.unknownJob(asked.id()));
    if (file != null && !indexer.hasContent(file, job.sha256())) {
      throw new ApiException(ProblemType.OTHER_CONTENT, job.id(), job.fileName());
    }
    if (job.status() == JobStatus.RUNNING || job.isWaiting()) {
      return goesOn(job, budget) ? null : resumable(job, file, budget);
    }
    requireResumable(job);
    room.requireRoom();
    if (file != null) {
      restored.restore(job.id(), file);
    } else if (!files.exists(job.id())) {
      throw new ApiException(ProblemType.STORED_FILE_GONE, job.id(), job.fileName());
    }
    // Another request may have resumed the job meanwhile.
    return budget.isLimited() && !budgets.renew(job.id(), budget)
        ? resumable(job, file, budget)
        : job.id();
  }

  /** Attaches to a running job and withdraws a requested pause; false if it paused meanwhile. */
  private boolean goesOn(Job job, ErrorBudget budget) {
    if (budget.isLimited()) {
      // The same request again, because its answer was lost.
      if (job.requested() == null && budget.isSameAs(job.options().budget())) {
        return true;
      }
      throw job.cannotBe("given another error budget", "Pause it first.");
    }
    if ("cancel".equals(job.requested())) {
      throw new ApiException(
          ProblemType.WRONG_STATE,
          job.id(),
          "being cancelled",
          "resumed",
          "Import the file as a new job.");
    }
    return job.requested() == null || stops.withdrawPause(job.id());
  }

  private void requireResumable(Job job) {
    if (!job.status().isResumable()) {
      throw job.cannotBe(
          "resumed",
          job.status() == JobStatus.COMPLETED
              ? "Nothing is left to do; import rejected rows as a new job."
              : "Import the file as a new job.");
    }
    if (job.purgedAt() != null) {
      throw new ApiException(ProblemType.JOB_PURGED, job.id(), job.purgedAt());
    }
    long removed = jobs.removedOutside(job.id());
    if (removed > 0) {
      throw new ApiException(
          ProblemType.SESSIONS_REMOVED, Quantity.of(removed, "session"), job.id());
    }
  }
}
