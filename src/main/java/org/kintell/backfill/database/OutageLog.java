package org.kintell.backfill.database;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line when the database goes away, and one when it is back. */
final class OutageLog {

  private static final Logger LOG = LoggerFactory.getLogger(OutageLog.class);

  private final String waiting;
  private Instant since;
  private long begun;

  /**
   * @param waiting what waits for the database, as a sentence
   */
  OutageLog(String waiting) {
    this.waiting = waiting;
  }

  synchronized boolean isAway() {
    return since != null;
  }

  /** Begins an outage, unless one is going on. */
  synchronized void away(String reason) {
    if (since == null) {
      since = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      begun = System.nanoTime();
      LOG.warn("Database is away since {}: {}. {}", since, withoutStop(reason), waiting);
    }
  }

  /** Ends the outage, if there is one. */
  synchronized void back() {
    if (since != null) {
      since = null;
      long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
      LOG.info("Database is back after {} s", seconds);
    }
  }

  private static String withoutStop(String reason) {
    return reason.endsWith(".") ? reason.substring(0, reason.length() - 1) : reason;
  }
}
