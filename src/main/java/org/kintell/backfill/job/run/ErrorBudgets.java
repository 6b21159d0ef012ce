package org.kintell.backfill.job.run;

import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.ErrorBudget;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.Ownership;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Asks jobs to pause of which more was rejected than their error budget allows. */
@Repository
public class ErrorBudgets {

  private static final Logger LOG = LoggerFactory.getLogger(ErrorBudgets.class);

  private static final String SPEND = SqlFile.read("job/run/spend-budget");
  private static final String RENEW = SqlFile.read("job/run/renew-budget");

  private final JdbcClient jdbc;
  private final Ownership ownership;
  private final JobRuns runs;

  ErrorBudgets(JdbcClient jdbc, Ownership ownership, JobRuns runs) {
    this.jdbc = jdbc;
    this.ownership = ownership;
    this.runs = runs;
  }

  /** Before a job runs: the process that ran it may have died just before it would have asked. */
  public void check(@Body Job job) {
    if (job.options().budget().isLimited()) {
      check(job.id());
    }
  }

  /** After a chunk of a job with an error budget was loaded. */
  public void checkAfter(@ExchangeProperty("ref") ChunkRef chunk) {
    check(chunk.jobId());
  }

  private void check(UUID jobId) {
    if (jdbc.sql(SPEND).param("id", jobId).param("owner", ownership.number()).update() == 1) {
      runs.stop(jobId);
      LOG.warn("Job exceeds its error budget, jobId: {}", jobId);
    }
  }

  /** Gives a job that does not run another budget; false when it does. */
  public boolean renew(UUID jobId, ErrorBudget budget) {
    return jdbc.sql(RENEW)
            .param("id", jobId)
            .param("maxErrors", budget.maxErrors())
            .param("maxErrorRate", budget.maxErrorRate())
            .update()
        == 1;
  }
}
