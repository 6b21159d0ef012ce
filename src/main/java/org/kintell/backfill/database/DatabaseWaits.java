package org.kintell.backfill.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Describes for operators which locks and statements the service's own statements wait for. */
public final class DatabaseWaits {

  private static final String WAITS = SqlFile.read("database/service-waits");

  private DatabaseWaits() {}

  /** The longest wait; empty if none is long. */
  public static Optional<String> worst(JdbcClient jdbc) {
    return jdbc.sql(WAITS).query((row, number) -> words(row)).optional();
  }

  private static String words(ResultSet row) throws SQLException {
    long seconds = row.getLong("seconds");
    int blocker = row.getInt("blocker");
    if (blocker == 0) {
      return "the database: a statement of process %d runs for %d s (%s)"
          .formatted(row.getInt("waiter"), seconds, row.getString("wait"));
    }
    return "a lock in the database that process %d holds (application %s, user %s, %s, for %d s). To end it: SELECT pg_terminate_backend(%d)"
        .formatted(
            blocker,
            row.getString("application"),
            row.getString("usename"),
            row.getString("state"),
            seconds,
            blocker);
  }
}
