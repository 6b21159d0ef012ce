package org.kintell.backfill.trail;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.database.SqlFile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The audit trail. A trigger records changes of a job's state in their commit, with the actor from
 * {@link ActorTransactions}; this class records all other actions.
 */
@Repository
public class Trail {

  private static final String NOTE = SqlFile.read("trail/note-trail");
  private static final String NOTE_ONCE = SqlFile.read("trail/note-trail-once");
  private static final String OF_JOB = SqlFile.read("trail/trail-of-job");

  /** Maximum lines of a job's history. */
  private static final int MOST = 1_000;

  private final JdbcClient jdbc;

  Trail(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * An action on a job.
   *
   * @param requestId null without a request
   * @param detail null if the action says all
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Line(Instant at, String actor, String action, String requestId, String detail) {}

  /**
   * Records an action of this thread's actor.
   *
   * @param action in lower case, words joined by hyphens
   * @param jobId null if no job is concerned
   * @param detail null for none; never row content or an address of a user
   */
  public void note(String action, UUID jobId, String detail) {
    note(NOTE, action, jobId, detail);
  }

  /**
   * The same, unless the actor did it within the last quarter of an hour: for requests that a page
   * sends one after the other.
   */
  public void noteOnce(String action, UUID jobId, String detail) {
    note(NOTE_ONCE, action, jobId, detail);
  }

  private void note(String statement, String action, UUID jobId, String detail) {
    Actor actor = Actor.current();
    jdbc.sql(statement)
        .param("actor", actor.name())
        .param("address", actor.address())
        .param("action", action)
        .param("jobId", jobId)
        .param("requestId", actor.requestId())
        .param("detail", detail)
        .update();
  }

  /** The history of a job, the oldest line first; of a very long one the newest lines. */
  public List<Line> of(UUID jobId) {
    return jdbc.sql(OF_JOB)
        .param("jobId", jobId)
        .param("most", MOST)
        .query(
            (row, number) ->
                new Line(
                    row.getObject("at", OffsetDateTime.class).toInstant(),
                    row.getString("actor"),
                    row.getString("action"),
                    row.getString("request_id"),
                    row.getString("detail")))
        .list();
  }
}
