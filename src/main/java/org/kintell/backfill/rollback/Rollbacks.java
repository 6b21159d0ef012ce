package org.kintell.backfill.rollback;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.run.Activity;
import org.kintell.backfill.job.run.FailureClassifier;
import org.kintell.backfill.job.run.LogThrottle;
import org.kintell.backfill.trail.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Removes the sessions that jobs created, one chunk per transaction. No process owns a rollback:
 * any process can continue it.
 */
@Repository
public class Rollbacks {

  private static final Logger LOG = LoggerFactory.getLogger(Rollbacks.class);

  private static final String BEGIN = SqlFile.read("rollback/begin-rollback");
  private static final String JOBS = SqlFile.read("rollback/rolling-back");
  private static final String CHUNKS = SqlFile.read("rollback/chunks-to-roll-back");
  private static final String LOCK_CHUNK = SqlFile.read("rollback/lock-loaded-chunk");
  private static final String DELETE = SqlFile.read("rollback/delete-chunk-sessions");
  private static final String NOTE = SqlFile.read("rollback/note-rolled-back-chunk");
  private static final String LOCK = SqlFile.read("rollback/lock-job-chunks");
  private static final String FINISH = SqlFile.read("rollback/finish-rollback");
  private static final String FAIL = SqlFile.read("rollback/fail-rollback");
  private static final String REPORT = SqlFile.read("rollback/rollback-report");
  private static final String CHILDREN = SqlFile.read("rollback/sessions-of-children");

  private final JdbcClient jdbc;
  private final FailureClassifier failures;
  private final LogThrottle repeated;
  private final Activity activity;

  Rollbacks(JdbcClient jdbc, FailureClassifier failures, LogThrottle repeated, Activity activity) {
    this.jdbc = jdbc;
    this.failures = failures;
    this.repeated = repeated;
    this.activity = activity;
  }

  /** Requests a rollback; false if the job's state does not allow it. */
  @Transactional
  public boolean begin(UUID jobId) {
    boolean begun = jdbc.sql(BEGIN).param("id", jobId).update() == 1;
    if (begun) {
      activity.notice();
      LOG.info("Rollback requested, jobId: {}, by {}", jobId, Actor.current());
    }
    return begun;
  }

  /** The jobs that are rolling back. */
  public List<UUID> jobs() {
    List<UUID> jobs = jdbc.sql(JOBS).query(UUID.class).list();
    if (!jobs.isEmpty()) {
      activity.notice();
    }
    return jobs;
  }

  /** The chunks of a job that still have sessions. */
  public List<ChunkRef> chunks(@Variable("jobId") UUID jobId) {
    return jdbc.sql(CHUNKS)
        .param("id", jobId)
        .query((row, number) -> new ChunkRef(jobId, row.getInt(1)))
        .list();
  }

  /**
   * Removes the sessions of a chunk, unless that is done or another process is doing it.
   * Retractions are determined after the delete, which may have waited for the commit of a job that
   * updated some of the sessions.
   */
  @Transactional
  public void remove(@Body ChunkRef chunk) {
    boolean locked = !ofChunk(LOCK_CHUNK, chunk).query(Integer.class).list().isEmpty();
    if (!locked) {
      return;
    }
    List<String> ids = new ArrayList<>();
    List<String> externalIds = new ArrayList<>();
    ofChunk(DELETE, chunk)
        .query(
            session -> {
              ids.add(session.getString(1));
              externalIds.add(session.getString(2));
            });
    ofChunk(NOTE, chunk)
        .param("ids", ids.toArray(String[]::new))
        .param("externalIds", externalIds.toArray(String[]::new))
        .update();
  }

  private JdbcClient.StatementSpec ofChunk(String statement, ChunkRef chunk) {
    return jdbc.sql(statement).param("jobId", chunk.jobId()).param("chunkNo", chunk.chunkNo());
  }

  /** Completes the rollback of a job without sessions. */
  @Transactional
  public void finish(@Variable("jobId") UUID jobId) {
    jdbc.sql(LOCK).param("id", jobId).query(Long.class).single();
    RollbackReport report = report(jobId, false);
    String message =
        "Rolled back: %s removed, %d kept; GET /import/backfill/%s/rollback says why.%s The file can be imported again as a new job."
            .formatted(
                Quantity.of(report.removed(), "session"), report.kept(), jobId, children(report));
    if (jdbc.sql(FINISH).param("id", jobId).param("message", message).update() == 1) {
      LOG.info(
          "Job rolled back, jobId: {}, {} removed",
          jobId,
          Quantity.of(report.removed(), "session"));
    }
  }

  private static String children(RollbackReport report) {
    long sessions = report.children().stream().mapToLong(RollbackReport.Child::sessions).sum();
    return sessions == 0
        ? ""
        : " Jobs made of its rejects still have %s; the same address offers to roll them back."
            .formatted(Quantity.of(sessions, "session"));
  }

  /** The sessions removed so far; for a dry run, those that would be removed. */
  public RollbackReport report(Job job, boolean dryRun) {
    return report(job.id(), dryRun);
  }

  private RollbackReport report(UUID jobId, boolean dryRun) {
    List<RollbackReport.Child> children =
        jdbc.sql(CHILDREN)
            .param("id", jobId)
            .query((row, number) -> RollbackReport.Child.map(row))
            .list();
    return jdbc.sql(REPORT)
        .param("id", jobId)
        .query((row, number) -> RollbackReport.map(row, dryRun, children))
        .single();
  }

  /** Fails the job, unless the failure is transient: then the next run of the timer continues. */
  public void fail(
      @Variable("jobId") UUID jobId,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown) {
    if (failures.isTransient(thrown)) {
      if (repeated.isFirst("rollback " + jobId, thrown)) {
        LOG.warn(
            "Rollback failed and will be retried, jobId: {}: {}",
            jobId,
            FailureClassifier.reason(thrown));
      }
      return;
    }
    String message =
        "Rollback stopped: %s. Fix the cause, then call rollback again."
            .formatted(FailureClassifier.reason(thrown));
    if (jdbc.sql(FAIL).param("id", jobId).param("message", message).update() == 1) {
      LOG.error(
          "Rollback failed, jobId: {}: {}",
          jobId,
          message,
          FailureClassifier.isForeseen(thrown) ? null : thrown);
    }
  }
}
