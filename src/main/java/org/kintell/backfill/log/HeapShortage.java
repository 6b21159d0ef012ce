package org.kintell.backfill.log;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.RateLimiter;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that does not suffice. It fails many threads at once, whose stack traces say nothing of
 * use; one line says what to do.
 */
public final class HeapShortage {

  /** The remedy, as the beginning of a sentence. */
  public static final String ADVICE =
      "Give the process more memory: restart it with a larger heap (-Xmx), or with fewer"
          + " BACKFILL_LOADERS";

  private static final Logger LOG = LoggerFactory.getLogger(HeapShortage.class);
  private static final int MEGABYTE = 1 << 20;
  private static final Duration PAUSE = Duration.ofMinutes(10);
  private static final RateLimiter LINES = RateLimiter.create(1.0 / PAUSE.toSeconds());

  private HeapShortage() {}

  /** Whether a lack of memory is the reason for a failure. */
  public static boolean isReasonFor(Throwable thrown) {
    return thrown != null
        && Throwables.getCausalChain(thrown).stream().anyMatch(OutOfMemoryError.class::isInstance);
  }

  /** What is lacking, for example {@code Out of memory: Java heap space}. */
  public static String describe(Throwable thrown) {
    return "Out of memory: " + Throwables.getRootCause(thrown).getMessage();
  }

  /** Logs the failure, unless one was logged within the last ten minutes. */
  public static void log(Throwable thrown) {
    if (LINES.tryAcquire()) {
      LOG.error(
          "{} (-Xmx is {} MB). {}",
          describe(thrown),
          Runtime.getRuntime().maxMemory() / MEGABYTE,
          ADVICE);
    }
  }

  /** Logs the failure that ended a thread. */
  public static void logEnd(Thread thread, Throwable thrown) {
    if (isReasonFor(thrown)) {
      log(thrown);
    } else {
      LOG.error("Thread {} failed", thread.getName(), thrown);
    }
  }
}
