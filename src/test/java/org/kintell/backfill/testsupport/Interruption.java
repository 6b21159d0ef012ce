package org.kintell.backfill.testsupport;

import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Sets a job to failed, as an operator does in SQL, at the moment at which a given chunk is loaded.
 */
public final class Interruption {

  private Interruption() {}

  /**
   * Runs an action, while any job that loads a chunk of this number is interrupted, and returns its
   * result.
   */
  public static <T> T at(JdbcClient jdbc, int chunkNo, Supplier<T> action) {
    jdbc.sql(
            """
            CREATE OR REPLACE FUNCTION interrupt_job() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              UPDATE backfill_jobs SET status = 'failed' WHERE id = NEW.job_id;
              RETURN NEW;
            END $$
            """)
        .update();
    jdbc.sql(
            """
            CREATE OR REPLACE TRIGGER interruption AFTER UPDATE ON backfill_chunks
            FOR EACH ROW WHEN (NEW.state = 'loaded' AND NEW.chunk_no = %d)
            EXECUTE FUNCTION interrupt_job()
            """
                .formatted(chunkNo))
        .update();
    try {
      return action.get();
    } finally {
      jdbc.sql("DROP TRIGGER interruption ON backfill_chunks").update();
    }
  }
}
