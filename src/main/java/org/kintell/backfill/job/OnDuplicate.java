package org.kintell.backfill.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The policy for rows whose session exists, in the database or from an earlier row. */
public enum OnDuplicate {
  /** Reject the row. */
  REJECT,
  /** Count the row and leave the session as it is. */
  SKIP,
  /** Give the session the row's values. */
  UPDATE;

  private final String stored = name().toLowerCase(Locale.ROOT);

  /** As it stands in requests, in the database and in JSON. */
  public String stored() {
    return stored;
  }

  /** The policy of this name; empty when there is none. */
  public static Optional<OnDuplicate> of(String stored) {
    return Arrays.stream(values()).filter(policy -> policy.stored.equals(stored)).findFirst();
  }
}
