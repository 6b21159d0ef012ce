package org.kintell.backfill.erasure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.file.FileStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * How long the rows of a file are kept here, in the stored file, as rejects and in the error file:
 * so many days after the end of its job. The job itself, its counts and its chunks stay. A job that
 * began and can go on is not over, however old it is: it needs its file.
 */
@Component
public class Retention {

  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private static final String PURGE = SqlFile.read("erasure/purge-jobs");

  private final JdbcClient jdbc;
  private final FileStore files;
  private final Path errorsDir;
  private final Path dataDir;
  private final int days;

  Retention(JdbcClient jdbc, FileStore files, BackfillSettings settings) {
    this.jdbc = jdbc;
    this.files = files;
    this.errorsDir = settings.errorsDir();
    this.dataDir = settings.dataDir();
    this.days = settings.retentionDays();
  }

  /**
   * Removes what is due, of some jobs at a time. When the process dies in between, or a file cannot
   * be removed, the database still has these jobs as they were, and they are due again.
   *
   * @return the jobs whose files and rejects are gone
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

  /** One that somebody else put there, or protects, must not keep the job from being purged. */
  private void discardErrorFile(UUID jobId) {
    Path file = errorsDir.resolve("backfill_errors_" + jobId + ".csv");
    try {
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(dataDir))) {
        Files.delete(file);
      }
    } catch (IOException e) {
      LOG.warn(
          "Error file not removed, jobId: {}: {} ({}). Remove it by hand.",
          jobId,
          file,
          e.getClass().getSimpleName());
    }
  }
}
