package org.kintell.backfill.row;

/** A row whose session exists and stays as it is. */
public record SkippedRow(long row) implements RowOutcome {}
