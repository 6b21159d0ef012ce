package org.kintell.backfill.job;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.database.SqlFile;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * The rows of {@code backfill_jobs}. Counters are never written here but summed from the ledger.
 */
@Repository
public class JobRepository {

  private static final String FIND = SqlFile.read("job/find-job");
  private static final String HEADER =
      "SELECT header, delimiter, line_end FROM backfill_jobs WHERE id = :id AND header IS NOT NULL";
  private static final String ENQUEUE = SqlFile.read("job/enqueue-job");
  private static final String CAUSES = SqlFile.read("job/count-causes");
  private static final String COMPLETE = SqlFile.read("job/complete-job");
  private static final String FAIL = SqlFile.read("job/fail-job");

  /** Waits for chunks in their commit: {@code close-chunk.sql} locks the row as well. */
  private static final String LOCK = "SELECT id FROM backfill_jobs WHERE id = :id FOR UPDATE";

  private static final String REMOVED_OUTSIDE = SqlFile.read("job/removed-outside");
  private static final String VERIFY = SqlFile.read("job/verify-job");

  private final JdbcClient jdbc;
  private final Ownership ownership;
  private final ApplicationEventPublisher listeners;

  JobRepository(JdbcClient jdbc, Ownership ownership, ApplicationEventPublisher listeners) {
    this.listeners = listeners;
    this.jdbc = jdbc;
    this.ownership = ownership;
  }

  public Optional<Job> find(UUID id) {
    return findAll(List.of(id)).stream().findFirst();
  }

  /**
   * The header of a job's file. Not part of {@link Job}, because it may be a megabyte long, and
   * many jobs are read at once.
   *
   * @return empty for a job that an older version created
   */
  public Optional<Header> header(UUID id) {
    return jdbc.sql(HEADER)
        .param("id", id)
        .query(
            (row, number) ->
                Header.of(
                    row.getBytes("header"),
                    row.getString("delimiter").charAt(0),
                    row.getString("line_end")))
        .optional();
  }

  /** The job that was created by a request with this idempotency key. */
  public Optional<Job> findByKey(String key) {
    return jdbc.sql("SELECT id FROM backfill_jobs WHERE idempotency_key = :key")
        .param("key", key)
        .query(UUID.class)
        .optional()
        .flatMap(this::find);
  }

  /** The jobs that exist, in one snapshot. */
  public List<Job> findAll(Collection<UUID> ids) {
    return jdbc.sql(FIND).param("ids", ids).query(Job::map).list();
  }

  /** Queues a pending, paused or failed job to run; false when it is in another state. */
  @Transactional
  public boolean enqueue(UUID id) {
    return jdbc.sql(ENQUEUE)
        .param("id", id)
        .param("owner", ownership.number())
        .query(UUID.class)
        .optional()
        .isPresent();
  }

  /** Rejected rows of a job by cause, as JSON. */
  public String causes(UUID id) {
    return jdbc.sql(CAUSES).param("id", id).query(String.class).single();
  }

  /**
   * Completes a running job; false when this process no longer runs it.
   *
   * @param causes rejected rows by cause, as JSON; null to have them counted now
   */
  public boolean complete(UUID id, String errorFilePath, String message, String causes) {
    return jdbc.sql(COMPLETE)
            .param("id", id)
            .param("owner", ownership.number())
            .param("errorFilePath", errorFilePath)
            .param("message", message)
            .param("causes", causes)
            .update()
        == 1;
  }

  /**
   * Fails a job that waits, that runs here, or of which this process loads a chunk. Chunks in their
   * commit are waited for, and counted.
   *
   * @param message says what to do
   */
  @Transactional
  public boolean fail(UUID id, String message) {
    jdbc.sql(LOCK).param("id", id).query(UUID.class).optional();
    return jdbc.sql(FAIL)
            .param("id", id)
            .param("owner", ownership.number())
            .param("message", message)
            .update()
        == 1;
  }

  /** How many of the sessions that a job imported are no longer there. */
  public long removedOutside(UUID id) {
    return jdbc.sql(REMOVED_OUTSIDE).param("id", id).query(Long.class).single();
  }

  /**
   * Counts the outcome of a job, checks that it adds up, and publishes the result to listeners.
   *
   * @param users whether to look for sessions without their users as well, which reads all sessions
   *     of the job twice more
   */
  @Transactional
  public Verification verify(UUID id, boolean users) {
    // The planner has no statistics of a job imported just now and expects one row instead of a
    // million; a nested loop would take hours. Without nested loops the time is linear.
    jdbc.sql("SET LOCAL enable_nestloop = off").update();
    Verification verification =
        jdbc.sql(VERIFY).param("id", id).param("users", users).query(Verification::map).single();
    listeners.publishEvent(verification);
    return verification;
  }
}
