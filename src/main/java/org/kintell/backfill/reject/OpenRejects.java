package org.kintell.backfill.reject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.job.Job;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The rejects of a job that no child job has imported or may still import. */
@Repository
public class OpenRejects {

  private static final String LIST = SqlFile.read("reject/list-open-rejects");
  private static final String FIND = SqlFile.read("reject/find-open-rejects");
  private static final String COPY = SqlFile.read("reject/copy-open-rejects");

  private final JdbcClient jdbc;
  private final ErrorFileCopy errorFiles;
  private final Workspace workspace;

  OpenRejects(JdbcClient jdbc, ErrorFileCopy errorFiles, Workspace workspace) {
    this.jdbc = jdbc;
    this.errorFiles = errorFiles;
    this.workspace = workspace;
  }

  /**
   * Writes them to an error file.
   *
   * @param causes only rejects with at least one of these
   * @return the file, to be deleted by the caller; null if there are none
   * @throws UncheckedIOException of a NoSuchFileException if a record is only in the job's stored
   *     file, and that is gone
   */
  @Transactional
  public Path write(Job job, Collection<String> causes) throws IOException {
    jdbc.sql(LIST).update();
    // The planner may have no statistics on new rejects.
    jdbc.sql("SET LOCAL enable_nestloop = off").update();
    int found =
        jdbc.sql(FIND)
            .param("jobId", job.id())
            .param("causes", causes.toArray(String[]::new))
            .update();
    jdbc.sql("SET LOCAL enable_nestloop = on").update();
    if (found == 0) {
      return null;
    }
    Path file = workspace.file(".retry");
    try {
      errorFiles.write(job, COPY, file);
      return file;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }
}
