package org.kintell.backfill.job.run;

import java.util.List;
import java.util.UUID;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.trail.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What was asked of jobs, and whether it is reached. It stands in the database, so that any process
 * can ask it of a job that runs in another one.
 */
@Repository
public class StopRequests {

  private static final Logger LOG = LoggerFactory.getLogger(StopRequests.class);

  private static final String PAUSE = SqlFile.read("job/run/request-pause");
  private static final String CANCEL = SqlFile.read("job/run/request-cancel");
  private static final String WITHDRAW_PAUSE = SqlFile.read("job/run/withdraw-pause");
  private static final String OPEN = SqlFile.read("job/run/open-requests");
  private static final String REACH = SqlFile.read("job/run/reach-requests");

  private final JdbcClient jdbc;
  private final Ownership ownership;

  StopRequests(JdbcClient jdbc, Ownership ownership) {
    this.jdbc = jdbc;
    this.ownership = ownership;
  }

  /** Pauses a job that waits, and asks one that runs to pause; any other is left as it is. */
  @Transactional
  public void pause(UUID jobId) {
    ask(PAUSE, jobId, "Pause");
  }

  /** Cancels a job that is not over, or asks it to if it runs; any other is left as it is. */
  @Transactional
  public void cancel(UUID jobId) {
    ask(CANCEL, jobId, "Cancellation");
  }

  /** Lets a job go on that was asked to pause; false when it does not run any more. */
  @Transactional
  public boolean withdrawPause(UUID jobId) {
    return ask(WITHDRAW_PAUSE, jobId, "Pause withdrawn, resume");
  }

  private boolean ask(String statement, UUID jobId, String what) {
    boolean asked = jdbc.sql(statement).param("id", jobId).update() == 1;
    if (asked) {
      LOG.info("{} requested, jobId: {}, by {}", what, jobId, Actor.current());
    }
    return asked;
  }

  /** The running jobs of which something is asked, in whichever process. */
  public List<UUID> open() {
    return jdbc.sql(OPEN).query(UUID.class).list();
  }

  /** No chunk of this job is on its way here any more: what was asked of it is reached. */
  public void reach(@ExchangeProperty("jobId") UUID jobId) {
    jdbc.sql(REACH)
        .param("id", jobId)
        .param("owner", ownership.number())
        .query(
            row -> {
              LOG.info("Job {}, jobId: {}", row.getString("status"), row.getString("id"));
            });
  }

  /** What was asked more than a moment ago is reached now, also where a chunk takes long. */
  public void reachOverdue() {
    reach(null);
  }
}
