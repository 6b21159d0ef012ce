package org.kintell.backfill.load;

import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.job.run.JobRuns;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The first statement of a chunk's transaction, which keeps out whoever may not write it. */
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
   * Locks a chunk's line in the ledger; false when the chunk is loaded already, or its job is not
   * run by this process any more, in which case its run ends.
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

  /** Ends the run of a chunk's job, which is not this process's to run any more. */
  public void shut(ChunkRef chunk) {
    runs.stop(chunk.jobId());
  }
}
