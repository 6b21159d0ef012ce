package org.kintell.backfill.job.run;

import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.concurrent.ConcurrentMap;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.kintell.backfill.database.DatabaseMonitor;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.log.HeapShortage;
import org.kintell.backfill.store.StoreHealth;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.stereotype.Component;

/**
 * Logs a repeated failure of a route once every ten seconds. Failures of a database or an object
 * store that is away are not logged here: {@link DatabaseMonitor} and {@link StoreHealth} log the
 * outage. So does {@link HeapShortage}.
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
    if (HeapShortage.isReasonFor(thrown)) {
      HeapShortage.log(thrown);
      return false;
    }
    return !database.isOutage(thrown)
        && !FailureClassifier.isStoreAway(thrown)
        && told.putIfAbsent(where + ": " + FailureClassifier.reason(thrown), true) == null;
  }

  /** Logs a failure after which the route tries again. Others are logged where they end. */
  @Override
  public void process(Exchange exchange) {
    Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    if (thrown != null && failures.isTransient(thrown) && isNews(exchange)) {
      ChunkRef chunk = exchange.getProperty("ref", ChunkRef.class);
      LOG.warn(
          "{} tries again, jobId: {}{}: {}",
          exchange.getFromRouteId(),
          MDC.get("jobId"),
          chunk == null ? "" : ", chunk " + chunk.chunkNo(),
          FailureClassifier.reason(thrown));
    }
  }
}
