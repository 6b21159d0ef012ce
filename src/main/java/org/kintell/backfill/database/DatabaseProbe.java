package org.kintell.backfill.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * Probes the database on a connection outside the pool, because an exhausted pool is no sign of an
 * outage. Used by one thread.
 */
final class DatabaseProbe implements AutoCloseable {

  private static final int ANSWER_MILLIS = 2_000;

  /** Shorter than the answer may take. */
  private static final String LOCK_TIMEOUT = "SET lock_timeout = '700ms'";

  /**
   * Longer than a change of the schema keeps its lock; shorter than callers wait for a connection.
   */
  private static final Duration LOCKED = Duration.ofSeconds(2);

  /** An undefined table: the probe starts before the schema is migrated. */
  private static final String NOT_MADE_YET = "42P01";

  private final HikariDataSource pool;
  private Connection connection;
  private boolean behindLock;
  private long lockMet;

  DatabaseProbe(HikariDataSource pool) {
    this.pool = pool;
  }

  Finding ask() {
    try {
      if (connection == null) {
        connection = connect();
      }
      Finding finding = ask(connection);
      if (finding.isOk()) {
        return askForJobs(connection);
      }
      // The name may resolve to another server by now.
      close();
      return finding;
    } catch (SQLException | RuntimeException e) {
      close();
      return Finding.of(e);
    }
  }

  /**
   * The reason to wait for the database; null if it is ready.
   *
   * @throws SQLException if waiting does not help
   */
  Finding whyNotYet() throws SQLException {
    try (Connection fresh = connect()) {
      Finding finding = ask(fresh);
      return finding.isOk() ? null : finding;
    } catch (SQLException e) {
      if (SqlStates.isAway(e)) {
        return Finding.of(e);
      }
      throw e;
    }
  }

  /** The waits of the service's statements, as far as the database answers. */
  Optional<String> waits() {
    return look(DatabaseWaits::worst, Optional.empty());
  }

  /** What holds tables that others have locked, by their names, as far as the database answers. */
  Map<String, String> lockedTables() {
    return look(DatabaseWaits::lockedTables, Map.of());
  }

  private <T> T look(Function<JdbcClient, T> query, T otherwise) {
    try {
      if (connection != null) {
        return query.apply(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
      }
    } catch (RuntimeException e) {
      close();
    }
    return otherwise;
  }

  /**
   * A connection outside the pool, preferably to a server that takes writes.
   *
   * @throws SQLException if there is none within five seconds
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

  /** Every request and every job needs the table of jobs. */
  private Finding askForJobs(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(LOCK_TIMEOUT);
      statement.execute("SELECT FROM backfill_jobs LIMIT 0");
      behindLock = false;
      return Finding.OK;
    } catch (SQLException e) {
      if (NOT_MADE_YET.equals(e.getSQLState())) {
        return Finding.OK;
      }
      if (!SqlStates.LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
        throw e;
      }
    }
    if (!behindLock) {
      behindLock = true;
      lockMet = System.nanoTime();
    }
    return System.nanoTime() - lockMet < LOCKED.toNanos()
        ? Finding.OK
        : Finding.locked(waits().orElse(DatabaseWaits.UNTOLD));
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
