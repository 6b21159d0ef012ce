package org.kintell.backfill.database;

/** The process is stopped while it waits for the database. */
public final class StartCancelledException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  StartCancelledException() {
    super("Stopped while waiting for the database");
  }
}
