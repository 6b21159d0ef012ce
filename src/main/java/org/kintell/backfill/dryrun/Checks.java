package org.kintell.backfill.dryrun;

import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.UUID;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.job.JobRepository;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Finds the stored dry runs of clients that do not wait. */
@Repository
public class Checks {

  private static final String FIND = SqlFile.read("dryrun/find-check");
  private static final String NEWEST = SqlFile.read("dryrun/newest-check");

  private final JobRepository jobs;
  private final DryRunReports reports;
  private final JdbcClient jdbc;

  Checks(JobRepository jobs, DryRunReports reports, JdbcClient jdbc) {
    this.jobs = jobs;
    this.reports = reports;
    this.jdbc = jdbc;
  }

  /** Stored facts of a dry run besides its job. */
  private record Kept(OffsetDateTime until, UUID checkedJobId) {}

  /**
   * The check with this id.
   *
   * @param id as the client sent it
   * @throws ApiException if there is none
   */
  public Check find(String id) {
    return id(id).flatMap(jobs::find).flatMap(this::check).orElseThrow(Checks::unknown);
  }

  /**
   * The newest check of a job's file or rejects.
   *
   * @throws ApiException if there is none
   */
  public Check newest(Job job) {
    UUID id =
        jdbc.sql(NEWEST)
            .param("jobId", job.id())
            .query(UUID.class)
            .optional()
            .orElseThrow(Checks::unknown);
    return find(id.toString());
  }

  private static ApiException unknown() {
    return new ApiException(ProblemType.UNKNOWN_CHECK);
  }

  private static Optional<UUID> id(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Optional<Check> check(Job job) {
    return jdbc.sql(FIND)
        .param("id", job.id())
        .query(
            (row, number) ->
                new Kept(
                    row.getObject("kept_until", OffsetDateTime.class),
                    row.getObject("checked_job_id", UUID.class)))
        .optional()
        .map(kept -> check(job, kept));
  }

  private Check check(Job job, Kept kept) {
    JobDocument document = JobDocument.of(job, null, null, null);
    return new Check(
        job.id(),
        kept.checkedJobId(),
        job.fileName(),
        status(job),
        job.totalRows(),
        job.processedRows(),
        document.percentComplete(),
        job.times().createdAt(),
        kept.until().toInstant(),
        status(job).equals("completed") ? reports.report(job) : null);
  }

  private static String status(Job job) {
    return switch (job.status()) {
      case PENDING -> "waiting";
      case RUNNING -> "running";
      case COMPLETED -> "completed";
      default -> "failed";
    };
  }
}
