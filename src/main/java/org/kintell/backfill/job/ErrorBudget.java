package org.kintell.backfill.job;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Objects;

/**
 * How many rows of a job may be rejected before it pauses by itself.
 *
 * @param maxErrors rejected rows, or null for any number
 * @param maxErrorRate the part of the rows that may be rejected, from 0 to 1, or null for all
 */
public record ErrorBudget(Long maxErrors, BigDecimal maxErrorRate) {

  /** Everything may be rejected. */
  public static final ErrorBudget NONE = new ErrorBudget(null, null);

  /** Whether both allow the same; a rate of 0.5 is one of 0.50. */
  public boolean isSameAs(ErrorBudget other) {
    return Objects.equals(maxErrors, other.maxErrors)
        && Objects.compare(
                maxErrorRate, other.maxErrorRate, Comparator.nullsFirst(Comparator.naturalOrder()))
            == 0;
  }

  /** Whether there is a limit at all. */
  public boolean isLimited() {
    return maxErrors != null || maxErrorRate != null;
  }
}
