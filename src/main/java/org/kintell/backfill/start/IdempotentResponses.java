package org.kintell.backfill.start;

import java.util.UUID;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.Job;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stores the answers to {@code start} requests with an idempotency key. */
@Component
public class IdempotentResponses {

  private static final String KEPT =
      "SELECT answer_status, answer FROM backfill_jobs WHERE id = :id AND answer IS NOT NULL";
  private static final String KEEP = SqlFile.read("start/keep-answer");

  private final JdbcClient jdbc;

  IdempotentResponses(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * @param body as JSON
   */
  public record Answer(int status, String body) {}

  /**
   * The stored answer to an earlier request with the same key; null if there is none, because this
   * is the first request, or the earlier one was not answered (yet).
   */
  public Answer kept(Job job, Upload upload) {
    return job.id().equals(upload.jobId()) ? null : find(job.id());
  }

  private Answer find(UUID jobId) {
    return jdbc.sql(KEPT)
        .param("id", jobId)
        .query((row, number) -> new Answer(row.getInt("answer_status"), row.getString("answer")))
        .optional()
        .orElse(null);
  }

  /** Stores the answer to a request with a key. */
  public void keep(Answer answer, Job job, Upload upload) {
    if (upload.key() != null) {
      jdbc.sql(KEEP)
          .param("id", job.id())
          .param("status", answer.status())
          .param("body", answer.body())
          .update();
    }
  }
}
