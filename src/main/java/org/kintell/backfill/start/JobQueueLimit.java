package org.kintell.backfill.start;

import java.time.Duration;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Limits the number of queued jobs, over all processes. */
@Component
public class JobQueueLimit {

  private static final String WAITING = SqlFile.read("start/waiting-jobs");
  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  private final JdbcClient jdbc;
  private final int most;

  JobQueueLimit(JdbcClient jdbc, LimitSettings settings) {
    this.jdbc = jdbc;
    this.most = settings.maxWaitingJobs();
  }

  /**
   * Concurrent requests may exceed the limit slightly.
   *
   * @throws ApiException if the queue is full
   */
  public void requireRoom() {
    int waiting = jdbc.sql(WAITING).param("most", most).query(Integer.class).single();
    if (waiting >= most) {
      throw new ApiException(ProblemType.TOO_MANY_JOBS, waiting).retryAfter(RETRY_AFTER);
    }
  }
}
