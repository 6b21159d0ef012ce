package org.kintell.backfill.job.run;

import org.springframework.stereotype.Component;

/**
 * How many rows a second may be loaded in this process. A chunk is handed out whole, and the next
 * one only when its rows had their time.
 */
@Component
public class Throttle {

  private static final double NANOS = 1e9;

  private int rowsPerSecond;
  private long openAt = System.nanoTime();

  /** 0 where there is no limit. */
  public synchronized int rowsPerSecond() {
    return rowsPerSecond;
  }

  /** Changes the limit, and opens at once. */
  public synchronized void limit(int rows) {
    rowsPerSecond = rows;
    openAt = System.nanoTime();
  }

  /** Whether a chunk may be handed out now. */
  synchronized boolean isOpen() {
    return rowsPerSecond == 0 || System.nanoTime() - openAt >= 0;
  }

  /** A chunk of so many rows was handed out. */
  synchronized void took(int rows) {
    if (rowsPerSecond > 0) {
      long now = System.nanoTime();
      openAt = (openAt - now > 0 ? openAt : now) + (long) (rows / (double) rowsPerSecond * NANOS);
    }
  }
}
