package org.kintell.backfill.reject;

import java.io.IOException;
import java.util.UUID;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.store.ObjectStore;
import org.kintell.backfill.store.OnBucket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/** The error files of jobs in a bucket, each complete or absent. */
@Component
@Conditional(OnBucket.class)
public class ErrorObjects implements ErrorFiles {

  /** All of them. */
  public static final String ERRORS = "errors/";

  private static final Logger LOG = LoggerFactory.getLogger(ErrorObjects.class);

  private final ErrorFileCopy errorFiles;
  private final ObjectStore objects;

  ErrorObjects(ErrorFileCopy errorFiles, ObjectStore objects) {
    this.errorFiles = errorFiles;
    this.objects = objects;
  }

  @Override
  public String path(Job job) {
    return objects.address(key(job.id()));
  }

  @Override
  public String shownPath(Job job) {
    if (job.errorFilePath() != null) {
      return job.errorFilePath();
    }
    return OVER.contains(job.status()) ? null : path(job);
  }

  /** Writes it on this machine, then stores it. While the store is away, the job waits for it. */
  @Override
  public String write(Job job) {
    try {
      objects.put(key(job.id()), file -> errorFiles.write(job, file));
      return null;
    } catch (IOException e) {
      LOG.warn("Error file not written, jobId: {}, {} ({})", job.id(), path(job), e.getMessage());
      return ErrorFiles.unwritten(job, path(job), e.getMessage());
    }
  }

  @Override
  public void discard(Job job) {
    purge(job.id());
  }

  @Override
  public void purge(UUID jobId) {
    try {
      objects.delete(key(jobId));
    } catch (IOException e) {
      LOG.warn("Error file not deleted, jobId: {}: {}. Delete it by hand.", jobId, e.getMessage());
    }
  }

  private static String key(UUID jobId) {
    return ERRORS + ErrorFile.name(jobId);
  }
}
