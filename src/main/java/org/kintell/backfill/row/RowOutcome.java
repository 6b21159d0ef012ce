package org.kintell.backfill.row;

/** The outcome of a row: a new session, an update, a skipped row, or a reject. */
public sealed interface RowOutcome permits Session, SessionUpdate, SkippedRow, Reject {

  /** Counts data rows from 1. */
  long row();
}
