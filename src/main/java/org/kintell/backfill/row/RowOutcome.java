package org.kintell.backfill.row;

/** What became of a row: a session to store, or a reject. */
public sealed interface RowOutcome permits Session, Reject {

  /** Counts data rows from 1. */
  long row();
}
