package org.kintell.backfill.database;

import java.util.Set;

/**
 * What a probe found.
 *
 * @param health {@code ok}, or what is wrong in words for everybody, which say what to do where
 *     that is known
 * @param reason the database's own words, for the log
 */
record Finding(String health, String reason) {

  static final Finding OK = new Finding("ok", "");
  static final Finding SILENT = new Finding("does not answer", "it does not answer");
  static final Finding READ_ONLY = new Finding("takes no writes", SqlStates.TAKES_NO_WRITES);

  private static final Set<String> PASSING =
      Set.of(SILENT.health, SqlStates.UNREACHABLE, SqlStates.STARTING);

  private static final String LOCKED =
      "the table backfill_jobs is locked; the log names the process that holds the lock";

  static Finding locked(String holder) {
    return new Finding(LOCKED, holder);
  }

  /** What a failure to connect or to ask says. */
  static Finding of(Throwable thrown) {
    return new Finding(SqlStates.meaning(thrown), SqlStates.describe(thrown));
  }

  /** Tells it from other reasons; those that follow one another when a server goes are one. */
  String kind() {
    return PASSING.contains(health) ? "" : health;
  }

  boolean isOk() {
    return this == OK;
  }

  boolean isLocked() {
    return health.equals(LOCKED);
  }
}
