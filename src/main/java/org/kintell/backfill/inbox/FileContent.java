package org.kintell.backfill.inbox;

import java.io.IOException;
import org.kintell.backfill.file.FileStore;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.start.Upload;
import org.springframework.stereotype.Component;

/** Whether a file was written to since its job was made. */
@Component
class FileContent {

  private final JobRepository jobs;
  private final FileStore store;

  FileContent(JobRepository jobs, FileStore store) {
    this.jobs = jobs;
    this.store = store;
  }

  /**
   * A time alone may be set by whoever copied the file, or late by a network file system: then the
   * file is read, and compared with its job.
   */
  boolean hasChanged(Upload upload, FileVersion before, FileVersion now) throws IOException {
    if (before.isStill(now)) {
      return false;
    }
    if (before.length() != now.length()) {
      return true;
    }
    String sha256 = jobs.find(upload.jobId()).map(job -> job.sha256()).orElse(null);
    return sha256 == null || !store.hasContent(upload.file(), sha256);
  }
}
