package org.kintell.backfill.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/**
 * Asks the database on a connection of its own, beside the pool: a pool all of whose connections
 * are in use is no sign of an outage. Used by one thread.
 */
final class DatabaseProbe implements AutoCloseable {

  private static final int ANSWER_MILLIS = 2_000;

  private final HikariDataSource pool;
  private Connection connection;

  DatabaseProbe(HikariDataSource pool) {
    this.pool = pool;
  }

  /**
   * What a probe found.
   *
   * @param health {@code ok}, or what is wrong in words for everybody
   * @param reason the database's own words, for the log
   */
  record Finding(String health, String reason) {

    static final Finding OK = new Finding("ok", "");
    static final Finding SILENT = new Finding("does not answer", "it does not answer");
    private static final Finding READ_ONLY =
        new Finding("takes no writes", ConnectionFailures.TAKES_NO_WRITES);

    boolean isOk() {
      return this == OK;
    }
  }

  Finding ask() {
    try {
      if (connection == null) {
        connection = connect();
      }
      Finding finding = ask(connection);
      if (!finding.isOk()) {
        // The name may lead to another server by now.
        close();
      }
      return finding;
    } catch (SQLException | RuntimeException e) {
      close();
      return new Finding("cannot be reached", ConnectionFailures.describe(e));
    }
  }

  /**
   * Why the service has to wait for the database; null when it need not.
   *
   * @throws SQLException when waiting does not help
   */
  String whyNotYet() throws SQLException {
    try (Connection fresh = connect()) {
      Finding finding = ask(fresh);
      return finding.isOk() ? null : finding.reason();
    } catch (SQLException e) {
      if (ConnectionFailures.isReasonOf(e)) {
        return ConnectionFailures.describe(e);
      }
      throw e;
    }
  }

  /**
   * A connection beside the pool, to a server that takes writes if there is one.
   *
   * @throws SQLException when there is none within five seconds
   */
  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.putAll(pool.getDataSourceProperties());
    properties.setProperty("targetServerType", "preferPrimary");
    if (pool.getUsername() != null) {
      properties.setProperty("user", pool.getUsername());
    }
    if (pool.getPassword() != null) {
      properties.setProperty("password", pool.getPassword());
    }
    Connection fresh = DriverManager.getConnection(pool.getJdbcUrl(), properties);
    fresh.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
    return fresh;
  }

  private static Finding ask(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet readOnly = statement.executeQuery("SHOW transaction_read_only")) {
      readOnly.next();
      return readOnly.getBoolean(1) ? Finding.READ_ONLY : Finding.OK;
    }
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // It was lost already.
      }
      connection = null;
    }
  }
}
