package org.kintell.backfill.load;

import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.concurrent.ConcurrentMap;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Failures that a timer meets again and again, and that the log need not be told of each time. */
@Component
public class RepeatedFailures {

  private static final Duration PAUSE = Duration.ofSeconds(10);

  private static final int MOST = 1_000;

  private final ConcurrentMap<String, Boolean> told =
      CacheBuilder.newBuilder()
          .expireAfterWrite(PAUSE)
          .maximumSize(MOST)
          .<String, Boolean>build()
          .asMap();

  /** Whether the same route has not failed for the same reason within the last ten seconds. */
  public boolean isNews(Exchange exchange) {
    Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    String failure = exchange.getFromRouteId() + ": " + ChunkFailures.reason(thrown);
    return told.putIfAbsent(failure, true) == null;
  }
}
