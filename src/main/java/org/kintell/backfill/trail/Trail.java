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
 * The table of who did what. Changes of a job's state are noted by a trigger, in their commit, with
 * the actor that {@link ActorTransactions} names; what else is done is noted here.
 */
@Repository
public class Trail {

  private static final String NOTE = SqlFile.read("trail/note-trail");
  private static final String OF_JOB = SqlFile.read("trail/trail-of-job");

  /** Lines that a job's history shows. */
  private static final int MOST = 1_000;

  private final JdbcClient jdbc;

  Trail(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * What somebody did to a job.
   *
   * @param requestId null where it was no request
   * @param detail null where the action says all
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Line(Instant at, String actor, String action, String requestId, String detail) {}

  /**
   * Notes what the actor of this thread does.
   *
   * @param action in lower case, words joined by hyphens
   * @param jobId null where it is about no job
   * @param detail null where there is no more to say; never row content or an address of a user
   */
  public void note(String action, UUID jobId, String detail) {
    Actor actor = Actor.current();
    jdbc.sql(NOTE)
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
