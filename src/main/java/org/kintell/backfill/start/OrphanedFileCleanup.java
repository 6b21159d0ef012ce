package org.kintell.backfill.start;

import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.kintell.backfill.file.FileStore;
import org.kintell.backfill.job.JobRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Stored files without a job: the process died after it kept the file and before it created the
 * job, and its client never got an answer. They are removed at the start, once they are so old that
 * no process can still be about to create their job. Only files whose job was still to come are
 * looked at: those of another database's jobs may lie in the same folder.
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
    } catch (IOException | IllegalArgumentException | DataAccessException e) {
      // Nobody waits for this: the next start tries again.
      LOG.warn("Uploads that never became a job were not removed: {}", e.getMessage());
    }
  }
}
