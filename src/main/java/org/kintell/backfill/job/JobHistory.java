package org.kintell.backfill.job;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.database.SqlFile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The jobs that there were, and the story of each. */
@Repository
public class JobHistory {

  private static final String LIST = SqlFile.read("job/list-jobs");
  private static final String TELL = SqlFile.read("job/tell-job");

  private final JdbcClient jdbc;

  JobHistory(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Which jobs are wanted.
   *
   * @param statuses any of these
   * @param name part of the file's name, in any case; empty for all
   */
  public record Filter(Set<JobStatus> statuses, String name) {}

  /** A place in the list, between a job and the next older one. */
  public record Place(Instant createdAt, UUID id) {

    public static Place after(Job job) {
      return new Place(job.times().createdAt(), job.id());
    }
  }

  /**
   * Some of the jobs wanted, the newest first.
   *
   * @param place where to go on, or null for the beginning
   */
  public List<Job> list(Filter filter, Place place, int limit) {
    return jdbc.sql(LIST)
        .param("statuses", filter.statuses().stream().map(JobStatus::stored).toArray(String[]::new))
        .param("name", filter.name())
        .param("createdBefore", place == null ? "infinity" : text(place.createdAt()))
        .param("idBefore", place == null ? new UUID(-1, -1) : place.id())
        .param("limit", limit)
        .query(Job::map)
        .list();
  }

  private static String text(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC).toString();
  }

  /** What there is to tell about a job beyond its status. */
  public JobDetails tell(Job job) {
    return jdbc.sql(TELL)
        .param("id", job.id())
        .query((row, number) -> JobDetails.map(row, job))
        .single();
  }
}
