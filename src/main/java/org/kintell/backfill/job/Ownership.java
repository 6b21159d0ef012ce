package org.kintell.backfill.job;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.kintell.backfill.database.SqlFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * This process's sign of life in the database: an advisory lock on a connection of its own, which
 * the server lets go of when the process or the connection dies. Jobs carry its number.
 */
@Component
public class Ownership implements DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);
  private static final int ANSWER_SECONDS = 5;

  private static final String ALIVE = SqlFile.read("job/owner-alive");

  private final DataSource dataSource;
  private final JdbcClient jdbc;
  private final long number = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  private Connection connection;

  Ownership(DataSource dataSource, JdbcClient jdbc) {
    this.dataSource = dataSource;
    this.jdbc = jdbc;
  }

  /** The number by which jobs name this process. */
  public long number() {
    return number;
  }

  /** Makes sure that the lock is held; to be called at the start and now and then. */
  public synchronized void hold() throws SQLException {
    if (connection != null && connection.isValid(ANSWER_SECONDS)) {
      return;
    }
    release();
    Connection fresh = dataSource.getConnection();
    try (PreparedStatement lock = fresh.prepareStatement("SELECT pg_advisory_lock(?)")) {
      lock.setLong(1, number);
      lock.execute();
      connection = fresh;
      LOG.debug("Holding advisory lock {}", number);
    } catch (SQLException e) {
      discard(fresh);
      throw e;
    }
  }

  /** Whether the process of this number lives. */
  public boolean isAlive(long other) {
    return jdbc.sql(ALIVE).param("owner", other).query(Boolean.class).single();
  }

  private void release() {
    Connection held = connection;
    connection = null;
    if (held == null) {
      return;
    }
    try (PreparedStatement unlock = held.prepareStatement("SELECT pg_advisory_unlock_all()")) {
      unlock.execute();
      held.close();
    } catch (SQLException e) {
      LOG.debug("The lock's connection was lost: {}", e.getMessage());
      discard(held);
    }
  }

  /**
   * Closes a connection that may hold the lock, instead of giving it back to the pool: the next
   * connection that asks for the lock would wait for that one.
   */
  private static void discard(Connection connection) {
    try (connection) {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      LOG.debug("The lock's connection was lost: {}", e.getMessage());
    }
  }

  @Override
  public synchronized void destroy() {
    release();
  }
}
