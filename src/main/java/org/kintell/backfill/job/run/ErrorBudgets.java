package org.kintell.backfill.job.run;

import java.util.UUID;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.ErrorBudget;
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

  ErrorBudgets(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Checks a running job. Whatever comes of it, no chunk is claimed beyond the budget. */
  public void check(@ExchangeProperty("jobId") UUID jobId) {
    if (jdbc.sql(SPEND).param("id", jobId).update() == 1) {
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
