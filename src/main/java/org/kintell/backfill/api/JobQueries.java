package org.kintell.backfill.api;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Body;
import org.kintell.backfill.event.JobEvents;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.Verification;
import org.kintell.backfill.job.run.Standstill;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.reject.ErrorFiles;
import org.kintell.backfill.reject.RejectQuery;
import org.kintell.backfill.reject.Rejects;
import org.kintell.backfill.start.RejectLineage;
import org.kintell.backfill.start.SettledJobs;
import org.kintell.backfill.trail.Actor;
import org.kintell.backfill.trail.Trail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Finds a job for a client and creates the documents about it. */
@Component
public class JobQueries {

  private static final Logger LOG = LoggerFactory.getLogger(JobQueries.class);

  private final JobRepository jobs;
  private final Rejects rejects;
  private final ErrorFiles errorFiles;
  private final RejectLineage lineage;
  private final SettledJobs settledJobs;
  private final Standstill standstill;
  private final Trail trail;

  JobQueries(
      JobRepository jobs,
      Rejects rejects,
      ErrorFiles errorFiles,
      RejectLineage lineage,
      SettledJobs settledJobs,
      Standstill standstill,
      Trail trail) {
    this.trail = trail;
    this.standstill = standstill;
    this.jobs = jobs;
    this.rejects = rejects;
    this.errorFiles = errorFiles;
    this.lineage = lineage;
    this.settledJobs = settledJobs;
  }

  /** The job with this id; a malformed id is unknown. */
  public Job find(String jobId) {
    return id(jobId)
        .flatMap(jobs::find)
        .filter(job -> !job.dryRun())
        .orElseThrow(() -> ApiException.unknownJob(jobId));
  }

  private static Optional<UUID> id(String text) {
    try {
      return Optional.of(UUID.fromString(text)).filter(id -> id.toString().equalsIgnoreCase(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The current status object of a job, which is looked up again. */
  public JobDocument document(Job job) {
    return documentOf(current(job));
  }

  /** A job as it is now. */
  Job current(Job job) {
    return jobs.find(job.id()).orElseThrow(() -> ApiException.unknownJob(job.id()));
  }

  /** The status object of a job, without another lookup. */
  public JobDocument documentOf(Job job) {
    return documentWith(
        job, job.failedRows() == 0 ? null : lineage.openRejects(job), standstill.reason(job));
  }

  /**
   * The status objects for a list. Their open rejects are absent unless there are none left:
   * counting them takes too long there.
   */
  public List<JobDocument> listedDocumentsOf(List<Job> some) {
    Set<UUID> settled = settledJobs.among(some);
    return some.stream()
        .map(job -> documentWith(job, settled.contains(job.id()) ? 0L : null, null))
        .toList();
  }

  private JobDocument documentWith(Job job, Long openRejects, String waitingFor) {
    boolean hasFile = job.failedRows() > 0 && job.purgedAt() == null;
    String path = hasFile ? errorFiles.shownPath(job) : null;
    return JobDocument.of(job, path, openRejects, waitingFor);
  }

  /** The status object of a job event. */
  public JobDocument status(@Body JobEvents.Pending event) {
    return documentOf(find(event.jobId().toString()));
  }

  /** Verifies the results of a job so far. */
  public Verification verify(Job job) {
    return jobs.verify(job.id(), true);
  }

  /** Refuses if the rejects of a job were deleted after the retention period. */
  static void requireKept(Job job) {
    if (job.purgedAt() != null && job.failedRows() > 0) {
      throw new ApiException(ProblemType.JOB_PURGED, job.id(), job.purgedAt());
    }
  }

  /** The error file so far, all or one cause of it; the download is noted in the trail. */
  public InputStream errors(Job job, RejectQuery query, ErrorFile.Form form) {
    requireKept(job);
    if (!rejects.exist(job)) {
      throw new ApiException(ProblemType.NO_REJECTS, job.id());
    }
    trail.note("errors-downloaded", job.id(), null);
    LOG.info("Error file downloaded, jobId: {}, by {}", job.id(), Actor.current());
    return rejects.errorFile(job, query.cause(), form);
  }
}
