package org.kintell.backfill.job;

import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Puts the job id into the MDC while a thread works on a job, so that every log line carries it.
 * Called once for each chunk, not for each row.
 */
@Component
public class JobLog {

  private static final Logger LOG = LoggerFactory.getLogger(JobLog.class);

  private static final String KEY = "jobId";

  /** Puts the job id into the MDC if the body has one; otherwise does nothing. */
  public void begin(Exchange exchange) {
    UUID jobId = jobId(exchange.getMessage().getBody());
    if (jobId != null) {
      MDC.put(KEY, jobId.toString());
      exchange.getExchangeExtension().addOnCompletion(new End());
    }
  }

  /** A line on a job by a thread that works on several. */
  public static LoggingEventBuilder of(LoggingEventBuilder line, Object jobId) {
    return line.addKeyValue(KEY, jobId);
  }

  /** Removes the job id from the MDC, for a file that does not become a job. */
  public void end() {
    MDC.remove(KEY);
  }

  /** Names the job, which the alert on inconsistent jobs cannot. */
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
