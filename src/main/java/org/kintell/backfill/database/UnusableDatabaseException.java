package org.kintell.backfill.database;

import java.sql.SQLTransientConnectionException;
import java.time.Duration;

/** The service cannot work with this database. The message is the line that a person needs. */
public final class UnusableDatabaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param problem table and column, fault and remedy
   */
  UnusableDatabaseException(String problem) {
    super("Database cannot be used: " + problem + ".");
  }

  /**
   * The pool got no connection at the start, though the database can be reached.
   *
   * @param url for {@code DATABASE_URL}
   */
  public static UnusableDatabaseException ofTimeout(
      String url, Duration timeout, SQLTransientConnectionException failure) {
    return new UnusableDatabaseException(
        "no connection to %s within %d s, last failure: %s"
            .formatted(DatabaseUrl.address(url), timeout.toSeconds(), SqlStates.describe(failure)));
  }
}
