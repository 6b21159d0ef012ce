package org.kintell.backfill.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Describes for operators which locks and statements the service's own statements wait for. */
public final class DatabaseWaits {

  /** The words for a lock whose holder the database does not name. */
  static final String UNTOLD = "a lock whose holder cannot be told";

  private static final String WAITS = SqlFile.read("database/service-waits");
  private static final String TABLES = SqlFile.read("database/locked-tables");

  private DatabaseWaits() {}

  /** The longest wait; empty if none is long. */
  public static Optional<String> worst(JdbcClient jdbc) {
    return jdbc.sql(WAITS).query((row, number) -> words(row)).optional();
  }

  /** What holds the tables that others have locked, by their names. */
  static Map<String, String> lockedTables(JdbcClient jdbc) {
    Map<String, String> holders = new HashMap<>();
    jdbc.sql(TABLES)
        .query(
            row -> {
              holders.put(row.getString("name"), row.getInt("blocker") == 0 ? UNTOLD : holder(row));
            });
    return holders;
  }

  private static String words(ResultSet row) throws SQLException {
    return row.getInt("blocker") == 0
        ? "the database: a statement of process %d runs for %d s (%s)"
            .formatted(row.getInt("waiter"), row.getLong("seconds"), row.getString("wait"))
        : holder(row);
  }

  private static String holder(ResultSet row) throws SQLException {
    int blocker = row.getInt("blocker");
    return "a lock in the database that process %d holds (application %s, user %s, %s, for %d s). To end it: SELECT pg_terminate_backend(%d)"
        .formatted(
            blocker,
            row.getString("application"),
            row.getString("usename"),
            row.getString("state"),
            row.getLong("seconds"),
            blocker);
  }
}
