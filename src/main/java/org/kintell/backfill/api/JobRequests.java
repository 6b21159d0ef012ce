package org.kintell.backfill.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.kintell.backfill.event.Milestones.Milestone;
import org.kintell.backfill.job.ErrorBudget;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.Lineage;
import org.kintell.backfill.job.StopRequests;
import org.kintell.backfill.job.Verification;
import org.kintell.backfill.load.ErrorBudgets;
import org.kintell.backfill.load.FinishJob;
import org.kintell.backfill.load.Rejects;
import org.kintell.backfill.source.ErrorFile;
import org.kintell.backfill.source.FileStore;
import org.kintell.backfill.source.SentFile;
import org.springframework.stereotype.Component;

/** What clients ask of a job, and the documents that answer. */
@Component
public class JobRequests {

  private final JobRepository jobs;
  private final Rejects rejects;
  private final FileStore files;
  private final FinishJob finish;
  private final StopRequests stops;
  private final ErrorBudgets budgets;
  private final Lineage lineage;

  JobRequests(
      JobRepository jobs,
      Rejects rejects,
      FileStore files,
      FinishJob finish,
      StopRequests stops,
      ErrorBudgets budgets,
      Lineage lineage) {
    this.jobs = jobs;
    this.rejects = rejects;
    this.files = files;
    this.finish = finish;
    this.stops = stops;
    this.budgets = budgets;
    this.lineage = lineage;
  }

  /** The job of this id; a malformed id names no job. */
  public Job find(@Header("jobId") String jobId) {
    try {
      return jobs.find(UUID.fromString(jobId))
          .filter(job -> job.id().toString().equalsIgnoreCase(jobId) && !job.dryRun())
          .orElseThrow(() -> ProblemException.unknownJob(jobId));
    } catch (IllegalArgumentException e) {
      throw ProblemException.unknownJob(jobId);
    }
  }

  /** The status object of a job as it is now. */
  public JobDocument document(@Body Job job) {
    Job now =
        jobs.find(job.id()).orElseThrow(() -> ProblemException.unknownJob(job.id().toString()));
    return documentOf(now);
  }

  /** The status object of a job that was looked up just now. */
  public JobDocument documentOf(@Body Job job) {
    return documentWith(job, job.failedRows() == 0 ? null : lineage.openRejects(job));
  }

  /** The same for one of many jobs, whose open rejects it would take too long to count. */
  JobDocument listedDocumentOf(Job job) {
    return documentWith(job, null);
  }

  private JobDocument documentWith(Job job, Long openRejects) {
    String path = job.errorFilePath();
    return JobDocument.of(job, path == null ? finish.path(job).toString() : path, openRejects);
  }

  /** The status object of the job that a milestone tells of. */
  public JobDocument status(@ExchangeProperty("milestone") Milestone milestone) {
    return document(find(milestone.jobId().toString()));
  }

  /** What came of a job so far, counted anew. */
  public Verification verify(@Body Job job) {
    return jobs.verify(job.id());
  }

  /** The error file so far. */
  public InputStream errors(@Body Job job, @ExchangeProperty("form") ErrorFile.Form form) {
    if (job.purgedAt() != null && job.failedRows() > 0) {
      throw ProblemException.purged(job.id(), job.purgedAt());
    }
    if (job.header() == null || !rejects.exist(job)) {
      throw ProblemException.noRejects(job.id());
    }
    return rejects.errorFile(job, form);
  }

  /**
   * Checks that a job may start or go on.
   *
   * @param file the file of the job once more, or null
   * @param budget a new error budget, or an unlimited one to leave it as it is
   * @return the job to be queued; null when it waits or runs already
   */
  public UUID resumable(
      @Header("jobId") String jobId,
      @Header("file") Path file,
      @Header("budget") ErrorBudget budget)
      throws IOException {
    Job job = find(jobId);
    // Sent again it may be packed otherwise, under any name; what counts is its content.
    SentFile sent = file == null ? null : new SentFile(file, true, job.charset());
    if (sent != null && !files.hasContent(sent, job.sha256())) {
      throw ProblemException.otherContent(job.id(), job.fileName());
    }
    if (job.status() == JobStatus.RUNNING || job.isWaiting()) {
      goOn(job, budget);
      return null;
    }
    requireResumable(job);
    if (sent != null) {
      files.restore(job.id(), sent);
    } else if (!files.exists(job.id())) {
      throw ProblemException.fileGone(job.id(), job.fileName());
    }
    if (budget.isLimited()) {
      budgets.renew(job.id(), budget);
    }
    return job.id();
  }

  /** A job that runs is attached to; one that was only asked to pause no longer does. */
  private void goOn(Job job, ErrorBudget budget) {
    if (budget.isLimited()) {
      throw ProblemException.wrongState(
          job.id(), job.status().stored(), "given another error budget", "Pause it first.");
    }
    if ("cancel".equals(job.requested())) {
      throw ProblemException.wrongState(
          job.id(), "being cancelled", "resumed", "Import the file as a new job.");
    }
    if (job.requested() != null) {
      stops.withdrawPause(job.id());
    }
  }

  private void requireResumable(Job job) {
    if (!job.status().isResumable()) {
      throw ProblemException.wrongState(
          job.id(),
          job.status().stored(),
          "resumed",
          job.status() == JobStatus.COMPLETED
              ? "Nothing is left to do; import rejected rows as a new job."
              : "Import the file as a new job.");
    }
    if (job.purgedAt() != null) {
      throw ProblemException.purged(job.id(), job.purgedAt());
    }
    long removed = jobs.removedOutside(job.id());
    if (removed > 0) {
      throw ProblemException.sessionsRemoved(job.id(), removed);
    }
  }
}
