package org.kintell.backfill.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.google.common.util.concurrent.Uninterruptibles;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.kintell.backfill.api.ListQuery.Place;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.trail.Trail;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Lists jobs, and reports on one of them. */
@Component
public class JobListing {

  private static final String LIST = SqlFile.read("api/list-jobs");
  private static final String REPORT = SqlFile.read("api/report-job");

  /** A search reads all jobs in the worst case, so more at once would not be faster. */
  private static final int MOST_SEARCHES = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Semaphore searches = new Semaphore(MOST_SEARCHES);
  private final JdbcClient jdbc;
  private final JobQueries queries;
  private final Trail trail;

  private final int days;

  JobListing(JdbcClient jdbc, JobQueries queries, Trail trail, BackfillSettings settings) {
    this.days = settings.retentionDays();
    this.jdbc = jdbc;
    this.queries = queries;
    this.trail = trail;
  }

  /**
   * A page of jobs, the newest first.
   *
   * @param next the {@code cursor} of the next page; absent on the last one
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Page(List<JobDocument> jobs, String next) {}

  /** A page of jobs. */
  Page list(ListQuery query) {
    // One job more than the page holds shows whether there is another page.
    List<Job> jobs = query.isSearch() ? search(query) : find(query);
    List<Job> page = jobs.subList(0, Math.min(jobs.size(), query.limit()));
    boolean more = jobs.size() > page.size();
    return new Page(
        queries.listedDocumentsOf(page),
        more ? ListQuery.cursor(Place.after(page.get(page.size() - 1))) : null);
  }

  private List<Job> search(ListQuery query) {
    if (!Uninterruptibles.tryAcquireUninterruptibly(searches, PATIENCE)) {
      throw new ApiException(ProblemType.TOO_MANY_SEARCHES)
          .retryAfter(RETRY_AFTER)
          .closingConnection();
    }
    try {
      return find(query);
    } finally {
      searches.release();
    }
  }

  private List<Job> find(ListQuery query) {
    return list(query.statuses(), query.name(), query.place(), query.limit() + 1);
  }

  /** The newest jobs in any of these states. */
  public List<Job> newest(Set<JobStatus> statuses, int limit) {
    return list(statuses, "", null, limit);
  }

  private List<Job> list(Set<JobStatus> statuses, String name, Place place, int limit) {
    String before =
        place == null ? "infinity" : place.createdAt().atOffset(ZoneOffset.UTC).toString();
    return jdbc.sql(LIST)
        .param("statuses", statuses.stream().map(JobStatus::stored).toArray(String[]::new))
        .param("name", name)
        .param("createdBefore", before)
        .param("idBefore", place == null ? new UUID(-1, -1) : place.id())
        .param("limit", limit)
        .query(Job::map)
        .list();
  }

  /** The report on a job. */
  public JobReport report(Job job) {
    JobDocument document = queries.documentOf(job);
    List<Trail.Line> history = trail.of(job.id());
    return jdbc.sql(REPORT)
        .param("id", job.id())
        .param("days", days)
        .query((row, number) -> JobReport.map(row, job, document, history))
        .single();
  }
}
