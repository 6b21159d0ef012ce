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
 * By when the statements of a thread must have their results: those of a request that somebody
 * waits for. Statements of threads without one take as long as they take.
 */
@Configuration(proxyBeanMethods = false)
public class QueryDeadline {

  /**
   * How much later an answer is given up that does not even say that its statement is cancelled.
   */
  private static final int NETWORK_MILLIS = 2_000;

  private static final ThreadLocal<Long> END = new ThreadLocal<>();

  /** Has the statements of this thread end within a time from now. */
  public static void set(Duration time) {
    END.set(System.nanoTime() + time.toNanos());
  }

  /** Lets the statements of this thread take as long as they take. */
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
      // In whole seconds; the last one may begin and not be over.
      int seconds = (int) Math.ceil(nanos / 1e9);
      statement.setQueryTimeout(seconds);
      // A server that does not answer at all does not cancel either. The pool takes this back.
      Connection connection = statement.getConnection();
      connection.setNetworkTimeout(Runnable::run, seconds * 1_000 + NETWORK_MILLIS);
    }
  }
}
