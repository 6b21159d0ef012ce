package org.kintell.backfill.start;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.store.FileStore;
import org.kintell.backfill.store.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Deletes stored files without a job at startup: their process died between storing the file and
 * creating the job. They must be a day old, so that no process can still be creating their job.
 * Only files marked as having no job yet are considered, because another database's files may be in
 * the same folder.
 */
@Component
class OrphanedFileCleanup {

  private static final Logger LOG = LoggerFactory.getLogger(OrphanedFileCleanup.class);
  private static final Duration OLD = Duration.ofDays(1);

  private final FileStore files;
  private final JobRepository jobs;

  OrphanedFileCleanup(FileStore files, JobRepository jobs) {
    this.files = files;
    this.jobs = jobs;
  }

  @EventListener(ApplicationReadyEvent.class)
  void remove() {
    try {
      for (UUID jobId : files.jobsToComeSince(OLD)) {
        if (jobs.find(jobId).isPresent()) {
          files.jobCreated(jobId);
        } else {
          files.discard(jobId);
          LOG.info("Removed an upload that never became a job, jobId: {}", jobId);
        }
      }
    } catch (StoreUnavailableException e) {
      // The store logs its outage, and the next start retries.
      LOG.debug("Uploads that never became a job were not removed: {}", e.getMessage());
    } catch (IOException | IllegalArgumentException | DataAccessException e) {
      // The next start retries.
      LOG.warn("Uploads that never became a job were not removed: {}", e.getMessage());
    }
  }
}
