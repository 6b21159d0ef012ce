package org.kintell.backfill.job.run;

import java.util.UUID;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.trail.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Requests to pause or cancel a job. They are kept in the database, so that any process can stop a
 * job that another process runs.
 */
@Repository
public class StopRequests {

  private static final Logger LOG = LoggerFactory.getLogger(StopRequests.class);

  private static final String PAUSE = SqlFile.read("job/run/request-pause");
  private static final String CANCEL = SqlFile.read("job/run/request-cancel");
  private static final String WITHDRAW_PAUSE = SqlFile.read("job/run/withdraw-pause");
  private static final String REACH = SqlFile.read("job/run/reach-requests");

  /**
   * Finds nothing while a chunk is in its commit: {@code close-chunk.sql} locks the row as well.
   */
  private static final String LOCK =
      "SELECT id FROM backfill_jobs WHERE id = :id AND requested IS NOT NULL FOR UPDATE SKIP LOCKED";

  private final JdbcClient jdbc;

  StopRequests(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Pauses a waiting job, or requests a pause of a running one; leaves any other as it is. */
  @Transactional
  public void pause(UUID jobId) {
    ask(PAUSE, jobId, "Pause");
  }

  /** Cancels a job, or requests it if the job runs; leaves a job that is over as it is. */
  @Transactional
  public void cancel(UUID jobId) {
    ask(CANCEL, jobId, "Cancellation");
  }

  /** Withdraws a requested pause; false when the job no longer runs. */
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

  /**
   * Pauses or cancels a job as requested, once none of its chunks is being loaded, or when that
   * takes longer than 1.5 seconds. Does nothing while a chunk is in its commit; to be called again.
   */
  @Transactional
  public void reach(@ExchangeProperty("jobId") UUID jobId) {
    if (jdbc.sql(LOCK).param("id", jobId).query(UUID.class).optional().isEmpty()) {
      return;
    }
    jdbc.sql(REACH)
        .param("id", jobId)
        .query(
            row -> {
              LOG.info(
                  "Job {}, jobId: {}: {}",
                  row.getString("status"),
                  row.getString("id"),
                  row.getString("message"));
            });
  }
}
