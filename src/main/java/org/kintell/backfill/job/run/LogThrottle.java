package org.kintell.backfill.job.run;

import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.concurrent.ConcurrentMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.kintell.backfill.database.DatabaseMonitor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/**
 * Failures that a route meets again and again: each is logged once in ten seconds, and those of a
 * database that is away not at all, since {@link DatabaseMonitor} logs the outage.
 */
@Component
public class LogThrottle implements Processor {

  private static final Logger LOG = LoggerFactory.getLogger(LogThrottle.class);
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private static final int MOST = 1_000;

  private final DatabaseMonitor database;
  private final FailureClassifier failures;
  private final ConcurrentMap<String, Boolean> told =
      CacheBuilder.newBuilder()
          .expireAfterWrite(PAUSE)
          .maximumSize(MOST)
          .<String, Boolean>build()
          .asMap();

  LogThrottle(DatabaseMonitor database, FailureClassifier failures) {
    this.database = database;
    this.failures = failures;
  }

  /** Whether the same route has not failed for the same reason within the last ten seconds. */
  public boolean isNews(Exchange exchange) {
    Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    return isFirst(exchange.getFromRouteId(), thrown);
  }

  public boolean isFirst(String where, Throwable thrown) {
    return !database.isOutage(thrown)
        && told.putIfAbsent(where + ": " + FailureClassifier.reason(thrown), true) == null;
  }

  /** Logs a failure after which the route tries again; any other is logged where it ends. */
  @Override
  public void process(Exchange exchange) {
    Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    if (thrown != null && failures.isTransient(thrown) && isNews(exchange)) {
      LOG.warn(
          "{} tries again, jobId: {}: {}",
          exchange.getFromRouteId(),
          MDC.get("jobId"),
          FailureClassifier.reason(thrown));
    }
  }
}
