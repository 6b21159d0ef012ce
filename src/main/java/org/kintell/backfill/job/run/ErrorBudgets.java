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

/** Requests a pause of every job whose rejects exceed its error budget. */
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

  /** Checks a job before it runs: the process that ran it may have died before its own check. */
  public void check(@Body Job job) {
    if (job.options().budget().isLimited()) {
      check(job.id());
    }
  }

  /** Checks a job after one of its chunks was loaded. */
  public void checkAfter(@ExchangeProperty("ref") ChunkRef chunk) {
    check(chunk.jobId());
  }

  private void check(UUID jobId) {
    if (jdbc.sql(SPEND).param("id", jobId).param("owner", ownership.number()).update() == 1) {
      runs.stop(jobId);
      LOG.warn("Job exceeds its error budget, jobId: {}", jobId);
    }
  }

  /** Gives a job another budget; false when the job is running. */
  public boolean renew(UUID jobId, ErrorBudget budget) {
    return jdbc.sql(RENEW)
            .param("id", jobId)
            .param("maxErrors", budget.maxErrors())
            .param("maxErrorRate", budget.maxErrorRate())
            .update()
        == 1;
  }
}
