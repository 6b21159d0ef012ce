package org.kintell.backfill.row;

/** What became of a row: a session to store or to update, nothing at all, or a reject. */
public sealed interface RowOutcome permits Session, SessionUpdate, SkippedRow, Reject {

  /** Counts data rows from 1. */
  long row();
}
