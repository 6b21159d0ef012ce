package org.kintell.backfill.cli.service;

import java.time.Duration;

/** How long a command tries again, and how it spaces its tries. */
public final class Patience {

  /** For one request; for long commands, until the service has answered, if only 429 or 503. */
  private static final Duration FIRST = Duration.ofSeconds(10);

  private static final Duration SHORTEST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private final long start = System.nanoTime();
  private final Duration limit;
  private final boolean isLong;
  private boolean busy;
  private boolean reached;
  private Duration next = SHORTEST;

  /**
   * @param limit null for the usual one: ten seconds, and without end for a long command
   * @param isLong whether the command follows a job to its end
   */
  public Patience(Duration limit, boolean isLong) {
    this.limit = limit;
    this.isLong = isLong;
  }

  /** The service has answered. */
  synchronized void reached() {
    reached = true;
    next = SHORTEST;
  }

  /** The service is there, and has asked to be tried again. */
  synchronized void busy() {
    busy = true;
  }

  /** Whether the service has answered before. */
  synchronized boolean wasReached() {
    return reached;
  }

  /** The time left; null without a limit. */
  synchronized Duration left() {
    Duration all = limit != null ? limit : isLong && (reached || busy) ? null : FIRST;
    return all == null ? null : all.minusNanos(System.nanoTime() - start);
  }

  /** Whether the time is over. */
  boolean isOver() {
    Duration left = left();
    return left != null && (left.isNegative() || left.isZero());
  }

  /** Milliseconds that one answer may take, at most this many. */
  int within(int millis) {
    Duration left = limit == null && isLong ? null : left();
    return left == null ? millis : (int) Math.max(1, Math.min(millis, left.toMillis()));
  }

  /**
   * Waits before the next try.
   *
   * @param asked by the service; zero where it has not asked
   * @return false if the time would be over by then
   */
  boolean await(Duration asked) {
    Duration wait;
    synchronized (this) {
      wait = asked.compareTo(next) > 0 ? asked : next;
      next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
    }
    Duration left = left();
    if (left != null && left.compareTo(wait) <= 0) {
      return false;
    }
    pause(wait);
    return true;
  }

  /** Waits. */
  static void pause(Duration wait) {
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.INTERRUPTED, "Interrupted");
    }
  }
}
