package org.kintell.backfill.database;

/** The service cannot work with this database. The message is the line that a person needs. */
public final class UnusableDatabaseException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param problem table and column, fault and remedy
   */
  UnusableDatabaseException(String problem) {
    super("Database cannot be used: " + problem + ".");
  }
}
