package org.kintell.backfill.database;

import java.util.Set;

/**
 * Result of a probe.
 *
 * @param health {@code ok}, or the problem in words without host and user, with the remedy if known
 * @param reason the database's own words, for the log
 */
record Finding(String health, String reason) {

  static final Finding OK = new Finding("ok", "");
  static final Finding SILENT = new Finding("does not answer", "it does not answer");
  static final Finding READ_ONLY = new Finding("takes no writes", SqlStates.TAKES_NO_WRITES);

  private static final Set<String> PASSING = Set.of(SILENT.health, SqlStates.STARTING);

  private static final String LOCKED =
      "the table backfill_jobs is locked; the log names the process that holds the lock";

  static Finding locked(String holder) {
    return new Finding(LOCKED, holder);
  }

  /** The finding behind a failed connection or query. */
  static Finding of(Throwable thrown) {
    return new Finding(SqlStates.meaning(thrown), SqlStates.describe(thrown));
  }

  /** Groups reasons: those that follow one another when a server stops count as one. */
  String kind() {
    return health.startsWith(SqlStates.UNREACHABLE) || PASSING.contains(health) ? "" : health;
  }

  boolean isOk() {
    return this == OK;
  }

  boolean isLocked() {
    return health.equals(LOCKED);
  }
}
