package org.kintell.backfill.row;

/**
 * A row whose session exists, and which gives it new values.
 *
 * @param session the values; which id and row the stored session has, only the database knows
 */
public record SessionUpdate(Session session) implements RowOutcome {

  @Override
  public long row() {
    return session.row();
  }
}
