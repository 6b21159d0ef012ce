package org.kintell.backfill.job;

import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Has every line that is logged while a job is worked on carry its id. Called where such work
 * begins in a thread; rows do not begin any, so they cost nothing.
 */
@Component
public class JobLog {

  private static final Logger LOG = LoggerFactory.getLogger(JobLog.class);

  private static final String KEY = "jobId";

  /** The body is a job's id, or {@link JobScoped}; of anything else nothing is noted. */
  public void begin(Exchange exchange) {
    UUID jobId = jobId(exchange.getMessage().getBody());
    if (jobId != null) {
      MDC.put(KEY, jobId.toString());
      exchange.getExchangeExtension().addOnCompletion(new End());
    }
  }

  /** From here on the lines of this thread are of no job: the one that was to be will not be. */
  public void end() {
    MDC.remove(KEY);
  }

  /** The alert on inconsistent jobs has no job's name; this line does. */
  @EventListener
  void verified(Verification verification) {
    if (!verification.consistent()) {
      LOG.error(
          "Job does not add up, jobId: {}: {}",
          verification.jobId(),
          String.join("; ", verification.problems()));
    }
  }

  private static UUID jobId(Object body) {
    if (body instanceof UUID jobId) {
      return jobId;
    }
    return body instanceof JobScoped work ? work.jobId() : null;
  }

  private static final class End extends SynchronizationAdapter {
    @Override
    public void onDone(Exchange exchange) {
      MDC.remove(KEY);
    }
  }
}
