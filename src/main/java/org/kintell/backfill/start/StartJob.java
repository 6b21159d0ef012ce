package org.kintell.backfill.start;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.store.FileIndexer;
import org.kintell.backfill.store.FileStore;
import org.kintell.backfill.store.StoredFile;
import org.kintell.backfill.trail.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;

/** Stores and indexes an upload and creates its job. */
@Component
public class StartJob {

  private static final Logger LOG = LoggerFactory.getLogger(StartJob.class);

  /** The exchange property that holds how long storing and indexing took. */
  private static final String INDEXING = "indexing";

  private final FileIndexer indexer;
  private final FileStore files;
  private final JobRepository jobs;
  private final NewJobs newJobs;
  private final RejectLineage lineage;

  StartJob(
      FileIndexer indexer,
      FileStore files,
      JobRepository jobs,
      NewJobs newJobs,
      RejectLineage lineage) {
    this.indexer = indexer;
    this.files = files;
    this.jobs = jobs;
    this.newJobs = newJobs;
    this.lineage = lineage;
  }

  /**
   * The job of an earlier upload with the same key, or null.
   *
   * @throws ApiException if the file differs
   */
  public Job repeated(@Body Upload upload) throws IOException {
    Job first = upload.key() == null ? null : jobs.findByKey(upload.key()).orElse(null);
    if (first != null && !indexer.hasContent(upload.file(), first.sha256())) {
      throw new ApiException(ProblemType.IDEMPOTENCY_KEY_REUSED, first.id(), first.fileName());
    }
    return first;
  }

  /**
   * Stores the file and divides it into chunks, smaller ones for a job with an error budget.
   *
   * @param options null for the defaults
   */
  public StoredFile index(
      @ExchangeProperty("upload") Upload upload,
      @ExchangeProperty("options") JobOptions options,
      Exchange exchange)
      throws IOException {
    long start = System.nanoTime();
    boolean budgeted = options != null && options.budget().isLimited();
    StoredFile stored = files.store(upload.jobId(), upload.file(), budgeted);
    exchange.setProperty(INDEXING, Duration.ofNanos(System.nanoTime() - start));
    return stored;
  }

  /**
   * Creates the job; if that fails, the file is deleted. Returns the existing job if the commit of
   * an earlier attempt succeeded unnoticed, or another upload with the same key was faster.
   *
   * @param options null for the defaults
   * @throws ApiException if that upload was another file
   */
  public Job create(
      @Body StoredFile stored,
      @ExchangeProperty("upload") Upload upload,
      @ExchangeProperty("options") JobOptions options,
      @ExchangeProperty(INDEXING) Duration indexing)
      throws IOException {
    try {
      JobOptions chosen = options == null ? JobOptions.DEFAULT : options;
      Job job =
          upload.parent() == null
              ? newJobs.create(upload, stored, chosen, indexing)
              : lineage.create(upload, stored, chosen, indexing);
      files.jobCreated(job.id());
      LOG.info(
          "Job created, jobId: {}, {}, by {}",
          job.id(),
          Quantity.of(job.totalRows(), "row"),
          Actor.current());
      if (job.status() == JobStatus.COMPLETED) {
        LOG.info("Job completed, jobId: {}, the file has no rows", job.id());
      }
      return job;
    } catch (RuntimeException e) {
      Optional<Job> committed = jobs.find(upload.jobId());
      if (committed.isPresent()) {
        files.jobCreated(upload.jobId());
        return committed.get();
      }
      files.discard(upload.jobId());
      if (e instanceof DuplicateKeyException) {
        Job faster = jobs.findByKey(upload.key()).orElseThrow(() -> e);
        if (!faster.sha256().equals(stored.index().sha256())) {
          throw new ApiException(
              ProblemType.IDEMPOTENCY_KEY_REUSED, faster.id(), faster.fileName());
        }
        return faster;
      }
      throw e;
    } finally {
      Files.deleteIfExists(stored.index().plan());
    }
  }
}
