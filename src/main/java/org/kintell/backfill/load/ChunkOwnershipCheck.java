package org.kintell.backfill.load;

import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.job.run.JobRuns;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The first statement of a chunk's transaction: only the process that runs the job may write. */
@Component
public class ChunkOwnershipCheck {

  private static final String LOCK = SqlFile.read("load/lock-chunk");

  private final JdbcClient jdbc;
  private final Ownership ownership;
  private final JobRuns runs;

  ChunkOwnershipCheck(JdbcClient jdbc, Ownership ownership, JobRuns runs) {
    this.jdbc = jdbc;
    this.ownership = ownership;
    this.runs = runs;
  }

  /**
   * Locks a chunk's row in the ledger. When the chunk is already loaded or this process no longer
   * runs its job, ends the run here and returns false.
   */
  public boolean isOpenTo(ChunkRef chunk) {
    boolean open =
        jdbc.sql(LOCK)
            .param("jobId", chunk.jobId())
            .param("chunkNo", chunk.chunkNo())
            .param("owner", ownership.number())
            .query(Boolean.class)
            .single();
    if (!open) {
      shut(chunk);
    }
    return open;
  }

  /** Ends the run of a chunk's job in this process. */
  public void shut(ChunkRef chunk) {
    runs.stop(chunk.jobId());
  }
}
