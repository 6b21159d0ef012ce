package org.kintell.backfill.job.run;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.ExchangeProperty;
import org.springframework.stereotype.Component;

/**
 * When a job's progress is reported next. A report reads the chunks since the last one, and while
 * one chunk takes long or is still to be published, all after it, up to the whole ledger: so the
 * more one costs, the longer the next one waits.
 */
@Component
public class ReportPace {

  /** So many times as long as a report took, the next one waits. */
  private static final int WAIT = 9;

  /**
   * But counts are at most a second old, until the next report has ended. Jobs are looked at four
   * times a second, so that a report may begin a quarter of a second late.
   */
  private static final Duration OLDEST = Duration.ofMillis(1000 - 250);

  /** After so long nobody asks for a job any more. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(1);

  private final Map<UUID, Pace> paces = new HashMap<>();

  /**
   * @param begun when the last report began, in nanoseconds
   * @param due when the next one may begin
   */
  private record Pace(long begun, long due) {}

  /** Whether a report of the job begins now. If it fails, the next one may begin at once. */
  public synchronized boolean begin(@ExchangeProperty("jobId") UUID jobId) {
    long now = System.nanoTime();
    Pace pace = paces.get(jobId);
    if (pace != null && now - pace.due < 0) {
      return false;
    }
    paces.values().removeIf(old -> now - old.due > FORGOTTEN.toNanos());
    paces.put(jobId, new Pace(now, now));
    return true;
  }

  /** A report has ended. */
  public synchronized void end(@ExchangeProperty("jobId") UUID jobId) {
    long now = System.nanoTime();
    long took = now - paces.get(jobId).begun;
    long longest = Math.max(took, OLDEST.toNanos() - 2 * took);
    paces.put(jobId, new Pace(now, now + Math.min(WAIT * took, longest)));
  }
}
