package org.kintell.backfill.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Time limit of a thread's statements: those of a request whose client waits. Threads without a
 * deadline have no limit.
 */
@Configuration(proxyBeanMethods = false)
public class QueryDeadline {

  /** Extra time for the server to confirm the cancellation, before the connection is given up. */
  private static final int NETWORK_MILLIS = 2_000;

  private static final ThreadLocal<Long> END = new ThreadLocal<>();

  /** Limits the statements of this thread to a time from now. */
  public static void set(Duration time) {
    END.set(System.nanoTime() + time.toNanos());
  }

  /** Removes the limit of this thread. */
  public static void clear() {
    END.remove();
  }

  @Bean
  JdbcTemplate jdbcTemplate(DataSource dataSource) {
    return new PunctualJdbcTemplate(dataSource);
  }

  private static final class PunctualJdbcTemplate extends JdbcTemplate {

    PunctualJdbcTemplate(DataSource dataSource) {
      super(dataSource);
    }

    @Override
    protected void applyStatementSettings(Statement statement) throws SQLException {
      super.applyStatementSettings(statement);
      Long end = END.get();
      if (end != null) {
        limit(statement, end - System.nanoTime());
      }
    }

    private static void limit(Statement statement, long nanos) throws SQLException {
      if (nanos <= 0) {
        throw new QueryTimeoutException("no time is left for the next statement");
      }
      // In whole seconds, rounded up.
      int seconds = (int) Math.ceil(nanos / 1e9);
      statement.setQueryTimeout(seconds);
      // A server that does not answer at all does not cancel either. The pool resets this timeout.
      Connection connection = statement.getConnection();
      connection.setNetworkTimeout(Runnable::run, seconds * 1_000 + NETWORK_MILLIS);
    }
  }
}
