package org.kintell.backfill.job;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.BackfillSettings;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.source.FileStore;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * How long the rows of a file are kept here, in the stored file and as rejects: so many days after
 * the end of its job. The job itself, its counts and its chunks stay. A job that can go on is not
 * over, however old it is: it needs its file.
 */
@Component
public class Retention {

  private static final String PURGE = SqlFile.read("purge-jobs");

  private final JdbcClient jdbc;
  private final FileStore files;
  private final int days;

  Retention(JdbcClient jdbc, FileStore files, BackfillSettings settings) {
    this.jdbc = jdbc;
    this.files = files;
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
    }
    return purged;
  }
}
