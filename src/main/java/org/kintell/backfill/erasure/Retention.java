package org.kintell.backfill.erasure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.reject.ErrorFolder;
import org.kintell.backfill.store.FileStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Deletes the stored file, rejects and error file of a job some days after its end. The job, its
 * counts and its chunks stay. A job that can be resumed keeps its file, however old it is.
 */
@Component
public class Retention {

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private static final String PURGE = SqlFile.read("erasure/purge-jobs");

  private final JdbcClient jdbc;
  private final FileStore files;
  private final Path errorsDir;
  private final ErrorFolder errorFolder;
  private final int days;

  Retention(JdbcClient jdbc, FileStore files, ErrorFolder errorFolder, BackfillSettings settings) {
    this.jdbc = jdbc;
    this.files = files;
    this.errorsDir = settings.errorsDir();
    this.errorFolder = errorFolder;
    this.days = settings.retentionDays();
  }

  /**
   * Purges a batch of jobs. After a crash or a failure the transaction rolls back, and the next run
   * repeats the batch.
   *
   * @return the purged jobs
   */
  @Transactional
  public List<UUID> purge() throws IOException {
    if (days == 0) {
      return List.of();
    }
    List<UUID> purged = jdbc.sql(PURGE).param("days", days).query(UUID.class).list();
    for (UUID jobId : purged) {
      files.discard(jobId);
      discardErrorFile(jobId);
    }
    return purged;
  }

  /** A file of another user, or one that cannot be deleted, does not stop the purge. */
  private void discardErrorFile(UUID jobId) {
    Path file = errorsDir.resolve(ErrorFile.name(jobId));
    try {
      if (errorFolder.isOwn(file)) {
        Files.delete(file);
      }
    } catch (IOException e) {
      LOG.warn(
          "Error file not deleted, jobId: {}: {} ({}). Delete it by hand.",
          jobId,
          file,
          e.getClass().getSimpleName());
    }
  }
}
