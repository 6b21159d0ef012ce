package org.kintell.backfill.start;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.FileCopy;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.store.StoredFile;
import org.kintell.backfill.trail.Actor;
import org.kintell.backfill.trail.Trail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Records from which rejects of a job the rows of its child jobs come, and so which rejects are
 * open.
 */
@Repository
public class RejectLineage {

  private static final Logger LOG = LoggerFactory.getLogger(RejectLineage.class);

  private static final String LINK = SqlFile.read("start/link-job");
  private static final String LOCK_FIRST = SqlFile.read("start/lock-first-job");
  private static final String STAGE = SqlFile.read("start/stage-origins");
  private static final String COPY = SqlFile.read("start/copy-origins");
  private static final String INSERT = SqlFile.read("start/insert-origins");
  private static final String TAKEN_TWICE = SqlFile.read("start/rejects-taken-twice");
  private static final String SETTLED = SqlFile.read("start/settled-rejects");

  /** The name of an error file, possibly with additions of a browser or a person. */
  private static final Pattern ERROR_FILE =
      Pattern.compile(
          ErrorFile.NAME + "(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})(?!\\p{XDigit})",
          Pattern.CASE_INSENSITIVE);

  private final JobRepository jobs;
  private final NewJobs newJobs;
  private final ErrorRowNumbers originalRows;
  private final JdbcClient jdbc;
  private final FileCopy files;
  private final Trail trail;

  RejectLineage(
      JobRepository jobs,
      NewJobs newJobs,
      ErrorRowNumbers originalRows,
      JdbcClient jdbc,
      FileCopy files,
      Trail trail) {
    this.trail = trail;
    this.jobs = jobs;
    this.newJobs = newJobs;
    this.originalRows = originalRows;
    this.jdbc = jdbc;
    this.files = files;
  }

  /** Sets the parent if the file name is that of an error file. */
  public Upload recognise(@Body Upload upload) {
    if (upload.parent() != null) {
      return upload;
    }
    List<UUID> named =
        ERROR_FILE
            .matcher(upload.fileName())
            .results()
            .map(MatchResult::group)
            .map(name -> UUID.fromString(name.substring(name.length() - 36)))
            .distinct()
            .toList();
    Optional<Job> parent = named.size() == 1 ? jobs.find(named.get(0)) : Optional.empty();
    return parent
        .map(job -> upload.withParent(new Upload.Parent(job.id(), false)).withZone(job.zone()))
        .orElse(upload);
  }

  /**
   * Creates the job of an upload with a parent, and stores which of the parent's rejects its rows
   * are.
   *
   * @throws ApiException if the parent is exclusive and another job has some of these rows
   */
  @Transactional
  Job create(Upload upload, StoredFile stored, JobOptions options, Duration indexing)
      throws IOException {
    UUID id = upload.jobId();
    UUID parentId = upload.parent().jobId();
    newJobs.create(upload, stored, options, indexing);
    jdbc.sql(LINK).param("id", id).param("parentJobId", parentId).update();
    jdbc.sql(LOCK_FIRST).param("parentJobId", parentId).query(rows -> {});
    jdbc.sql(STAGE).update();
    Path numbers = originalRows.list(id);
    try {
      files.send(COPY, numbers);
    } finally {
      Files.deleteIfExists(numbers);
    }
    jdbc.sql(INSERT).param("id", id).param("parentJobId", parentId).update();
    if (upload.parent().exclusive() && isTakenTwice(id, parentId)) {
      throw new ApiException(ProblemType.NOTHING_TO_RETRY, parentId, "");
    }
    trail.note(upload.parent().corrected() ? "corrected" : "retried", parentId, "by job " + id);
    LOG.info(
        "Retry job created from rejects, jobId: {}, child: {}, by {}",
        parentId,
        id,
        Actor.current());
    return jobs.find(id).orElseThrow();
  }

  private boolean isTakenTwice(UUID id, UUID parentId) {
    // The planner has no statistics yet on the new rows, possibly a million.
    jdbc.sql("SET LOCAL enable_nestloop = off").update();
    return jdbc.sql(TAKEN_TWICE)
            .param("id", id)
            .param("parentJobId", parentId)
            .query(Long.class)
            .single()
        > 0;
  }

  /** Number of rejects that no child job has imported. */
  public long openRejects(Job job) {
    if (!job.corrected()) {
      return job.failedRows();
    }
    long settled = jdbc.sql(SETTLED).param("jobId", job.id()).query(Long.class).single();
    // The counter on the job's row may lag behind.
    return Math.max(0, job.failedRows() - settled);
  }
}
