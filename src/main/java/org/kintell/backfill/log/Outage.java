package org.kintell.backfill.log;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A temporary failure. Logs one line at its beginning, one for each further reason, and one at its
 * end: at most four lines.
 */
public final class Outage {

  private static final Logger LOG = LoggerFactory.getLogger(Outage.class);

  /** The first and two further reasons; the line at the end is the fourth. */
  private static final int MOST_REASONS = 3;

  private final String what;
  private final String consequence;
  private final String over;
  private final Duration calm;
  private final Set<String> kinds = new HashSet<>();
  private Instant since;
  private String reason;
  private long begun;
  private long failed = System.nanoTime();
  private long worked = System.nanoTime();

  /**
   * @param what the beginning of its first line, such as {@code Database is away}
   * @param consequence effect and remedy, as a sentence without its full stop
   * @param over the beginning of its last line, such as {@code Database is back}
   * @param calm time without a failure after which it is over
   */
  public Outage(String what, String consequence, String over, Duration calm) {
    this.what = what;
    this.consequence = consequence;
    this.over = over;
    this.calm = calm;
  }

  public synchronized boolean isOn() {
    return since != null;
  }

  /** The last logged reason; null without an outage. */
  public synchronized String reason() {
    return since == null ? null : reason;
  }

  /** Begins the outage, unless it has begun. */
  public void fails(String reason) {
    fails("", reason);
  }

  /**
   * Begins or continues the outage.
   *
   * @param kind groups reasons; a second reason of the same kind is not logged
   */
  public synchronized void fails(String kind, String reason) {
    failed = System.nanoTime();
    if (kinds.size() < MOST_REASONS && kinds.add(kind)) {
      this.reason = reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
      if (since == null) {
        since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        begun = System.nanoTime();
        LOG.warn("{} since {}: {}. {}", what, since, this.reason, consequence);
      } else {
        LOG.warn("{} still, for another reason: {}", what, this.reason);
      }
    }
  }

  /** Notes a failure. Returns whether the outage has begun. */
  public synchronized boolean goesOn() {
    failed = System.nanoTime();
    return since != null;
  }

  /** Notes a success, which ends the outage unless another failure follows soon. */
  public synchronized void works() {
    worked = System.nanoTime();
    if (since != null && !end()) {
      CompletableFuture.delayedExecutor(calm.toNanos(), TimeUnit.NANOSECONDS).execute(this::end);
    }
  }

  private synchronized boolean end() {
    if (since == null || worked - failed < 0 || System.nanoTime() - failed < calm.toNanos()) {
      return false;
    }
    since = null;
    kinds.clear();
    LOG.info("{} after {} s", over, Duration.ofNanos(System.nanoTime() - begun).toSeconds());
    return true;
  }
}
