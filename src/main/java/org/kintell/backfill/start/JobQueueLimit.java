package org.kintell.backfill.start;

import java.time.Duration;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.http.problem.RefusedException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Sees that not too many jobs wait for their turn, over all processes. */
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
   * Asks whether one more may wait. Requests at the same moment may each be told so.
   *
   * @throws RefusedException when it is full
   */
  public void requireRoom() {
    int waiting = jdbc.sql(WAITING).param("most", most).query(Integer.class).single();
    if (waiting >= most) {
      throw RefusedException.tooManyJobs(RETRY_AFTER);
    }
  }
}
