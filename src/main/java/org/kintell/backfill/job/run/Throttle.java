package org.kintell.backfill.job.run;

import org.springframework.stereotype.Component;

/**
 * How many rows a second may be loaded in this process. A chunk is handed out whole, and the next
 * one only when its rows had their time.
 */
@Component
public class Throttle {

  private static final double NANOS = 1e9;

  /** What was not handed out in so short a time may be made up for: jobs are looked at as often. */
  private static final long GRACE = 250_000_000;

  private int rowsPerSecond;
  private long openAt = System.nanoTime();
  private boolean passing;

  /** 0 where there is no limit. */
  public synchronized int rowsPerSecond() {
    return rowsPerSecond;
  }

  /** Changes the limit, and opens at once. */
  public synchronized void limit(int rows) {
    rowsPerSecond = rows;
    openAt = System.nanoTime();
  }

  /**
   * Whether a chunk may be claimed now. Where there is a limit, nobody else may until {@link #took}
   * says how many rows it has, or {@link #tookNothing}.
   */
  synchronized boolean letPass() {
    if (rowsPerSecond == 0) {
      return true;
    }
    if (passing || System.nanoTime() - openAt < 0) {
      return false;
    }
    passing = true;
    return true;
  }

  /** A chunk of so many rows was claimed. */
  synchronized void took(int rows) {
    passing = false;
    if (rowsPerSecond > 0) {
      long earliest = System.nanoTime() - GRACE;
      openAt =
          (openAt - earliest > 0 ? openAt : earliest)
              + (long) (rows / (double) rowsPerSecond * NANOS);
    }
  }

  /** No chunk could be claimed. */
  synchronized void tookNothing() {
    passing = false;
  }
}
