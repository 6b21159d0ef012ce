package org.kintell.backfill.job.run;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/**
 * Whether the database may hold work. Routes query it several times a second while it does, and
 * rarely when nothing has happened for some seconds. A change of a job notifies all processes.
 */
@Component
public class Activity {

  /** So long after the last sign of work the routes query the database often. */
  private static final Duration CALM = Duration.ofSeconds(20);

  /** After so long a route queries it without a sign: a notification may have been lost. */
  private static final Duration LOOK = Duration.ofMinutes(1);

  /** When each route last queried the database, by its id. */
  private final Map<String, Long> looks = new ConcurrentHashMap<>();

  private volatile long noticed = System.nanoTime();

  /** There is work, or there may be. */
  public void notice() {
    noticed = System.nanoTime();
  }

  /** Whether nothing has happened for some seconds, as far as this process knows. */
  boolean isCalm() {
    return System.nanoTime() - noticed > CALM.toNanos();
  }

  /** Whether the exchange's route is to query the database now. */
  public boolean isPossible(Exchange exchange) {
    long now = System.nanoTime();
    Long last = looks.get(exchange.getFromRouteId());
    boolean possible = !isCalm() || last == null || now - last > LOOK.toNanos();
    if (possible) {
      looks.put(exchange.getFromRouteId(), now);
    }
    return possible;
  }
}
