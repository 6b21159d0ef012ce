package org.kintell.backfill.erasure;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.reject.ErrorFiles;
import org.kintell.backfill.store.FileStore;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Deletes the stored file, rejects and error file of a job some days after its end. The job, its
 * counts and its chunks stay. A job that can be resumed keeps its file, however old it is.
 */
@Component
public class Retention {

  private static final String PURGE = SqlFile.read("erasure/purge-jobs");

  private final JdbcClient jdbc;
  private final FileStore files;
  private final ErrorFiles errorFiles;
  private final int days;

  Retention(JdbcClient jdbc, FileStore files, ErrorFiles errorFiles, BackfillSettings settings) {
    this.jdbc = jdbc;
    this.files = files;
    this.errorFiles = errorFiles;
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
      errorFiles.purge(jobId);
    }
    return purged;
  }
}
