package org.kintell.backfill.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Tells a session of the database from one that a pooler shares between clients. */
public final class PoolerCheck {

  private PoolerCheck() {}

  /**
   * Whether a connection is served by several sessions of the server in turn, as by a pooler in
   * transaction mode. Advisory locks, settings and notifications then get lost.
   */
  public static boolean sharesSessions(DataSource database) throws SQLException {
    try (Connection one = database.getConnection();
        Connection other = database.getConnection()) {
      int session = session(one);
      other.setAutoCommit(false);
      try {
        // A shared session was given back after the statement, and is the first to be used again.
        return session(other) == session || session(one) != session;
      } finally {
        other.rollback();
        other.setAutoCommit(true);
      }
    }
  }

  private static int session(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet pid = statement.executeQuery("SELECT pg_backend_pid()")) {
      pid.next();
      return pid.getInt(1);
    }
  }
}
