package org.kintell.backfill.reject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** The rejects of a job that no child job has imported or may still import. */
@Repository
public class OpenRejects {

  private static final String LIST = SqlFile.read("reject/list-open-rejects");
  private static final String FIND = SqlFile.read("reject/find-open-rejects");
  private static final String FIND_CHANGED = SqlFile.read("reject/find-changed-rejects");
  private static final String NAMED = SqlFile.read("reject/named-rejects");

  /** Maximum number of rows that a problem names. */
  private static final int NAMED_ROWS = 10;

  private static final String COPY = SqlFile.read("reject/copy-open-rejects");

  private final JdbcClient jdbc;
  private final JobRepository jobs;
  private final ErrorFileCopy errorFiles;
  private final Workspace workspace;

  OpenRejects(JdbcClient jdbc, JobRepository jobs, ErrorFileCopy errorFiles, Workspace workspace) {
    this.jdbc = jdbc;
    this.jobs = jobs;
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

  /**
   * Writes those that corrections change to an error file, corrected.
   *
   * @return the file, to be deleted by the caller; null if nothing is changed
   * @throws ApiException if the corrections do not fit the rejects, or name rows that another job
   *     has taken
   */
  @Transactional
  public Path write(Job job, Corrections corrections) throws IOException {
    CorrectedLines lines = new CorrectedLines(jobs.header(job.id()).orElseThrow(), corrections);
    jdbc.sql(LIST).update();
    jdbc.sql("SET LOCAL enable_nestloop = off").update();
    jdbc.sql(FIND_CHANGED)
        .param("jobId", job.id())
        .param("rows", corrections.rows().stream().map(Corrections.Row::row).toArray(Long[]::new))
        .param(
            "values",
            corrections.rules().stream()
                .map(rule -> rule.from().replace("\"", "\"\"").getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new))
        .update();
    jdbc.sql("SET LOCAL enable_nestloop = on").update();
    Path file = workspace.file(".corrected");
    try {
      errorFiles.write(job, COPY, lines, file);
      requireFound(job, lines.notFound());
      if (lines.changed() > 0) {
        return file;
      }
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    Files.deleteIfExists(file);
    return null;
  }

  private void requireFound(Job job, List<Long> missing) {
    if (missing.isEmpty()) {
      return;
    }
    List<Long> taken =
        jdbc.sql(NAMED)
            .param("jobId", job.id())
            .param("rows", missing.toArray(Long[]::new))
            .query(Long.class)
            .list();
    if (taken.size() < missing.size()) {
      throw Corrections.invalid("These rows are no rejects of the job: " + some(missing, taken));
    }
    throw ApiException.rejectsTaken(job.id(), some(taken, List.of()), taken);
  }

  private static String some(List<Long> rows, List<Long> except) {
    return rows.stream()
        .filter(row -> !except.contains(row))
        .limit(NAMED_ROWS)
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }
}
