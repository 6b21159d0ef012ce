package org.kintell.backfill.job;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When this process last showed other processes that it lives. */
final class LastSign {

  private static final Logger LOG = LoggerFactory.getLogger(LastSign.class);

  /** Null before the first one. */
  private Instant at;

  private long nanos;

  void given() {
    at = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    nanos = System.nanoTime();
  }

  /**
   * Logs that other processes have removed this one's line, unless it had none yet. They do so with
   * a process that they treat as lost.
   */
  void wasMissed() {
    if (at != null) {
      LOG.warn(
          "This process was treated as lost: it gave no sign of life from {} on, for {} s. Other"
              + " processes load its chunks and continue its jobs. What it still writes of them is"
              + " refused, so no row is lost or imported twice. It works on. If this recurs, check"
              + " its CPU quota, garbage collection and network",
          at,
          Duration.ofNanos(System.nanoTime() - nanos).toSeconds());
    }
  }
}
