package org.kintell.backfill.load.write;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.Session;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionStatus;

/**
 * Stores sessions all at once; where the database refuses a value, halves them until the row is
 * found. Each savepoint is released when its half is done, because a savepoint holds a lock: there
 * are never more of them than the search is deep.
 */
public final class BisectingInsert {

  private final TransactionStatus transaction;
  private final Predicate<DataAccessException> refusesSome;
  private final Consumer<List<Session>> attempt;
  private final BiConsumer<Session, Fault> refused;

  /**
   * @param refusesSome whether an attempt failed because of some of its sessions
   * @param attempt stores sessions, with the same number of statements for any number of them
   * @param refused receives each session that cannot be stored
   */
  public BisectingInsert(
      TransactionStatus transaction,
      Predicate<DataAccessException> refusesSome,
      Consumer<List<Session>> attempt,
      BiConsumer<Session, Fault> refused) {
    this.transaction = transaction;
    this.refusesSome = refusesSome;
    this.attempt = attempt;
    this.refused = refused;
  }

  public void store(List<Session> sessions) {
    store(sessions, UnaryOperator.identity());
  }

  /**
   * @param sieve after a failed first attempt, removes sessions that are known to be refused
   */
  public void store(List<Session> sessions, UnaryOperator<List<Session>> sieve) {
    DataAccessException failure = sessions.isEmpty() ? null : attempt(sessions);
    if (failure != null) {
      List<Session> left = sieve.apply(sessions);
      if (left.size() < sessions.size()) {
        store(left);
      } else {
        halve(sessions, failure);
      }
    }
  }

  private void halve(List<Session> sessions, DataAccessException failure) {
    if (sessions.size() == 1) {
      refused.accept(sessions.get(0), Fault.of(Rule.STORABLE, RowLevelSqlErrors.describe(failure)));
    } else {
      int half = sessions.size() / 2;
      store(sessions.subList(0, half));
      store(sessions.subList(half, sessions.size()));
    }
  }

  /** Null if all sessions were stored; else why none was. */
  private DataAccessException attempt(List<Session> sessions) {
    Object savepoint = transaction.createSavepoint();
    try {
      attempt.accept(sessions);
      transaction.releaseSavepoint(savepoint);
      return null;
    } catch (DataAccessException e) {
      if (!refusesSome.test(e)) {
        throw e;
      }
      transaction.rollbackToSavepoint(savepoint);
      transaction.releaseSavepoint(savepoint);
      return e;
    }
  }
}
