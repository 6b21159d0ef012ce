package org.kintell.backfill.job;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import org.apache.camel.Body;
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

  private final FileStore files;
  private final JobRepository jobs;
  private final Lineage lineage;

  StartJob(FileStore files, JobRepository jobs, Lineage lineage) {
    this.files = files;
    this.jobs = jobs;
    this.lineage = lineage;
  }

  /** Keeps the file and cuts it into chunks. */
  public FileIndex index(@Body Upload upload) throws IOException {
    return files.store(upload.jobId(), upload.content());
  }

  /**
   * Creates the job; when that fails, the file is not kept. A job that turns out to be there
   * already, because an earlier attempt got no answer to its commit, is the job.
   */
  public Job create(@Body FileIndex index, @ExchangeProperty("upload") Upload upload)
      throws IOException {
    try {
      Job job =
          upload.parent() == null
              ? jobs.create(upload.jobId(), upload.fileName(), index)
              : lineage.create(upload, index);
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
