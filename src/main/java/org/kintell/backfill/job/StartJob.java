package org.kintell.backfill.job;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.source.FileIndex;
import org.kintell.backfill.source.FileStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes a job of an upload: keeps the file, indexes it, and creates the job with its chunk plan.
 */
@Component
public class StartJob {

  private static final Logger LOG = LoggerFactory.getLogger(StartJob.class);

  /** The exchange property that holds how long storing and indexing took. */
  private static final String INDEXING = "indexing";

  private final FileStore files;
  private final JobRepository jobs;

  StartJob(FileStore files, JobRepository jobs) {
    this.files = files;
    this.jobs = jobs;
  }

  /** Keeps the file and cuts it into chunks. */
  public FileIndex index(@Body Upload upload, Exchange exchange) throws IOException {
    long start = System.nanoTime();
    FileIndex index = files.store(upload.jobId(), upload.content());
    exchange.setProperty(INDEXING, Duration.ofNanos(System.nanoTime() - start));
    return index;
  }

  /**
   * Creates the job; when that fails, the file is not kept. A job that turns out to be there
   * already, because an earlier attempt got no answer to its commit, is the job.
   */
  public Job create(
      @Body FileIndex index,
      @ExchangeProperty("upload") Upload upload,
      @ExchangeProperty(INDEXING) Duration indexing)
      throws IOException {
    try {
      Job job = jobs.create(upload, index, indexing);
      LOG.info("Job created, jobId: {}, {} rows", job.id(), job.totalRows());
      return job;
    } catch (RuntimeException e) {
      Optional<Job> committed = jobs.find(upload.jobId());
      if (committed.isPresent()) {
        return committed.get();
      }
      files.discard(upload.jobId());
      throw e;
    } finally {
      Files.deleteIfExists(index.plan());
    }
  }
}
