package org.kintell.backfill.job.run;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.job.InOtherThread;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.JobThroughput;
import org.kintell.backfill.job.JobTimes;
import org.kintell.backfill.job.Verification;
import org.kintell.backfill.reject.ErrorFiles;
import org.kintell.backfill.reject.Rejects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * Completes a job whose chunks are all loaded, after it has verified the job and written its error
 * file, both at the same time.
 */
@Component
public class FinishJob {

  private static final Logger LOG = LoggerFactory.getLogger(FinishJob.class);

  private static final int FEW_MILLIS = 1_000;

  private final JobRepository jobs;
  private final Rejects rejects;
  private final ErrorFiles errorFiles;

  /** The jobs that are being finished here. */
  private final Set<UUID> finishing = ConcurrentHashMap.newKeySet();

  /** One thread for each job that finishes. */
  private final Executor counting = new SimpleAsyncTaskExecutor("verify-");

  FinishJob(JobRepository jobs, Rejects rejects, ErrorFiles errorFiles) {
    this.jobs = jobs;
    this.rejects = rejects;
    this.errorFiles = errorFiles;
  }

  /** Whether a job is to be finished that is not being finished yet. */
  public boolean admit(@ExchangeProperty("jobId") UUID jobId) {
    return finishing.add(jobId);
  }

  /** A job is not being finished any more, whatever came of it. */
  public void end(@ExchangeProperty("jobId") UUID jobId) {
    finishing.remove(jobId);
  }

  /** The job to be finished; null when it was stopped, or is over. */
  public Job begin(@Body UUID jobId) {
    return jobs.find(jobId)
        .filter(job -> job.status() == JobStatus.RUNNING && job.requested() == null)
        .orElse(null);
  }

  /**
   * Completes the job unless it was stopped meanwhile. A dry run has no sessions to verify and no
   * error file.
   *
   * @throws InconsistentJobException when the counts do not add up
   */
  public void finish(@Body Job job) {
    if (job.dryRun()) {
      jobs.complete(job.id(), null, null, null);
      LOG.info("Dry run completed, jobId: {}, {}", job.id(), Quantity.of(job.totalRows(), "row"));
      return;
    }
    CompletableFuture<Counted> counted = CompletableFuture.supplyAsync(() -> count(job), counting);
    String path = null;
    String unwritten = null;
    try {
      if (rejects.exist(job)) {
        unwritten = errorFiles.write(job);
        path = unwritten == null ? errorFiles.path(job) : null;
      }
    } finally {
      // After a failure this runs again, and two counts must not run at once.
      counted.handle((count, failure) -> null).join();
    }
    Counted count = InOtherThread.await(counted);
    Verification verification = count.verification();
    if (!verification.consistent()) {
      errorFiles.discard(job);
      throw new InconsistentJobException(verification);
    }
    String message =
        Stream.of(nothingImported(verification), removed(verification), unwritten)
            .filter(Objects::nonNull)
            .reduce((one, other) -> one + " " + other)
            .orElse(null);
    if (jobs.complete(job.id(), path, message, count.causes())) {
      Job over = jobs.find(job.id()).orElseThrow();
      JobThroughput throughput = JobThroughput.of(over);
      LOG.info(
          "Job completed, jobId: {}, {} imported, {} rejected, {} skipped, {} updated, in {}, {} rows/s",
          over.id(),
          Quantity.of(over.successfulRows(), "row"),
          over.failedRows(),
          over.skippedRows(),
          over.updatedRows(),
          time(over.times(), throughput.elapsedSeconds()),
          throughput.rate());
    }
  }

  /**
   * From its first start on. It ran for less if it was paused, or taken over from a lost process.
   */
  private static String time(JobTimes times, BigDecimal ran) {
    Duration whole = Duration.between(times.startedAt(), times.completedAt());
    return whole.toMillis() - ran.doubleValue() * 1_000 < FEW_MILLIS
        ? ran + " s"
        : "%s s since its first start, of which it ran %s s"
            .formatted(BigDecimal.valueOf(whole.toMillis(), 3), ran);
  }

  /**
   * @param causes rejected rows by cause, as JSON
   */
  private record Counted(Verification verification, String causes) {}

  private Counted count(Job job) {
    return new Counted(jobs.verify(job.id(), false), jobs.causes(job.id()));
  }

  /** A completed job that imported nothing must not be overlooked. */
  private static String nothingImported(Verification verification) {
    long rejected = verification.failedRows();
    return rejected == 0 || rejected < verification.processedRows()
        ? null
        : "Nothing was imported: %s rejected. GET /import/backfill/%s/report counts them by cause."
            .formatted(
                rejected == 1 ? "the only row was" : "all %d rows were".formatted(rejected),
                verification.jobId());
  }

  private static String removed(Verification verification) {
    return verification.removedOutside() == 0
        ? null
        : "Removed from outside while it ran: %s."
            .formatted(Quantity.of(verification.removedOutside(), "session"));
  }
}
