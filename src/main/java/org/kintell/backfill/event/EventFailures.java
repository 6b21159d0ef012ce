package org.kintell.backfill.event;

import com.google.common.base.Throwables;
import java.sql.SQLException;
import org.apache.camel.Exchange;
import org.kintell.backfill.job.run.FailureClassifier;
import org.kintell.backfill.job.run.LogThrottle;
import org.springframework.stereotype.Component;

/** Failures to publish: those of NATS are an outage that {@link NatsLink} logs. */
@Component
public class EventFailures {

  private final NatsLink link;
  private final LogThrottle repeated;

  EventFailures(NatsLink link, LogThrottle repeated) {
    this.link = link;
    this.repeated = repeated;
  }

  /** Whether the route has to log a failure itself. */
  public boolean isNews(Exchange exchange) {
    Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    boolean ofDatabase =
        Throwables.getCausalChain(thrown).stream().anyMatch(SQLException.class::isInstance);
    if (ofDatabase) {
      return repeated.isNews(exchange);
    }
    link.failed(FailureClassifier.reason(thrown));
    return false;
  }
}
