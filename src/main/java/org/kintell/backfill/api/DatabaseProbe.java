package org.kintell.backfill.api;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Whether the database answers, and takes writes: a standby answers, too. Who asks is told in two
 * seconds at the most, although it may take the pool longer to give up, and askers at the same time
 * cost one connection.
 */
@Component
class DatabaseProbe implements DisposableBean {

  static final String OK = "ok";
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final DataSource dataSource;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread daemon = new Thread(work, "database-probe");
            daemon.setDaemon(true);
            return daemon;
          });
  private CompletableFuture<String> last = CompletableFuture.completedFuture(OK);
  private long begun;

  DatabaseProbe(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  /** {@code ok}, or what is wrong with it. */
  String ask() {
    CompletableFuture<String> answer;
    long left;
    synchronized (this) {
      if (last.isDone()) {
        last = CompletableFuture.supplyAsync(this::probe, thread);
        begun = System.nanoTime();
      }
      answer = last;
      left = Math.max(0, PATIENCE.toNanos() - (System.nanoTime() - begun));
    }
    return answer.copy().completeOnTimeout("does not answer", left, TimeUnit.NANOSECONDS).join();
  }

  private String probe() {
    try (Connection connection = dataSource.getConnection()) {
      return answer(connection);
    } catch (SQLException e) {
      return "cannot be reached, or takes no writes";
    }
  }

  private static String answer(Connection connection) throws SQLException {
    if (!connection.isValid((int) PATIENCE.toSeconds())) {
      return "does not answer";
    }
    try (Statement statement = connection.createStatement();
        ResultSet readOnly = statement.executeQuery("SHOW transaction_read_only")) {
      readOnly.next();
      return readOnly.getBoolean(1) ? "takes no writes" : OK;
    }
  }

  @Override
  public void destroy() {
    thread.shutdownNow();
  }
}
