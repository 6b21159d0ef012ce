package org.kintell.backfill.load.write;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.Session;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionStatus;

/**
 * Finds with one statement all staged sessions that the NOT NULL and CHECK constraints of the table
 * refuse. Halving would take two attempts for each step and row.
 */
@Component
class OwnConstraints {

  private static final String SIEVE = SqlFile.read("load/write/constraint-sieve");

  private final JdbcClient jdbc;

  OwnConstraints(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Removes such sessions from the temporary table, refuses them, and returns the others. */
  List<Session> sieve(List<Session> sessions, WriteResult stored, TransactionStatus transaction) {
    Map<Long, String> refusals = refusals(transaction);
    return sessions.stream()
        .filter(
            session -> {
              String reason = refusals.get(session.row());
              if (reason != null) {
                stored.refuse(session, Fault.of(Rule.STORABLE, reason));
              }
              return reason == null;
            })
        .toList();
  }

  private Map<Long, String> refusals(TransactionStatus transaction) {
    Object savepoint = transaction.createSavepoint();
    try {
      return jdbc.sql(SIEVE).query(String.class).optional().stream()
          .flatMap(sieve -> jdbc.sql(sieve).query(OwnConstraints::refusal).list().stream())
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    } catch (DataAccessException e) {
      // A constraint that fails with an error of its own: its rows are found by halves.
      if (!RowLevelSqlErrors.isReasonOf(e)) {
        throw e;
      }
      transaction.rollbackToSavepoint(savepoint);
      return Map.of();
    } finally {
      transaction.releaseSavepoint(savepoint);
    }
  }

  private static Map.Entry<Long, String> refusal(ResultSet row, int number) throws SQLException {
    return Map.entry(row.getLong(1), row.getString(2));
  }
}
