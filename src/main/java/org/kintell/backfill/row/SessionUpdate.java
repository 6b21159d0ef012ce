package org.kintell.backfill.row;

/**
 * A row that gives an existing session new values.
 *
 * @param session the values; only the database knows the id and row of the stored session
 */
public record SessionUpdate(Session session) implements RowOutcome {

  @Override
  public long row() {
    return session.row();
  }
}
