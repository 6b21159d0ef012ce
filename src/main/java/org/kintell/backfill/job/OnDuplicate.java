package org.kintell.backfill.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What becomes of a row whose session exists already, or was imported from an earlier row. */
public enum OnDuplicate {
  /** The row is a reject. */
  REJECT,
  /** The row is counted, and nothing else. */
  SKIP,
  /** The session gets the values of the row. */
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
