package org.kintell.backfill.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.kintell.backfill.database.DatabaseProbe.Finding;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionSystemException;

/**
 * The one place that knows whether the database is away, and logs it when that changes. It probes
 * the database every two seconds, and learns from the failures of others.
 */
@Component
public class DatabaseMonitor implements DisposableBean {

  /** What {@link #ask} answers when nothing is wrong. */
  public static final String OK = Finding.OK.health();

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  /** Longer than a database under load takes to answer a probe. */
  private static final Duration SILENCE = Duration.ofSeconds(6);

  /** Connections in the pool that were lost show one after the other. */
  private static final Duration CALM = Duration.ofSeconds(2);

  private final OutageLog log = new OutageLog("Jobs, inbox files and events wait for it");
  private final DatabaseProbe probe;
  private final ExecutorService probing =
      Executors.newSingleThreadExecutor(daemon("database-probe"));
  private final ScheduledExecutorService watching =
      Executors.newSingleThreadScheduledExecutor(daemon("database-monitor"));
  private CompletableFuture<Finding> last = CompletableFuture.completedFuture(Finding.OK);
  private long begun;
  private volatile long lastFailure = System.nanoTime() - CALM.toNanos();

  DatabaseMonitor(DataSource pool) throws SQLException {
    this.probe = new DatabaseProbe(pool.unwrap(HikariDataSource.class));
    watching.scheduleWithFixedDelay(
        this::watch, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * {@code ok}, or what is wrong with the database, after two seconds at the latest. Callers at the
   * same time share one probe.
   */
  public String ask() {
    return find().health();
  }

  private Finding find() {
    CompletableFuture<Finding> answer;
    long left;
    synchronized (this) {
      if (probing.isShutdown()) {
        return Finding.SILENT;
      }
      if (last.isDone()) {
        last = CompletableFuture.supplyAsync(probe::ask, probing);
        begun = System.nanoTime();
      }
      answer = last;
      left = Math.max(0, PATIENCE.toNanos() - (System.nanoTime() - begun));
    }
    return answer.copy().completeOnTimeout(Finding.SILENT, left, TimeUnit.NANOSECONDS).join();
  }

  private void watch() {
    Finding finding = find();
    if (finding.isOk()) {
      if (System.nanoTime() - lastFailure > CALM.toNanos()) {
        log.back();
      }
    } else if (finding != Finding.SILENT || isSilent()) {
      log.away(finding.reason());
    }
  }

  private synchronized boolean isSilent() {
    return !last.isDone() && System.nanoTime() - begun > SILENCE.toNanos();
  }

  /**
   * Whether a failure belongs to an outage, which the log then tells of, so that nobody else has
   * to.
   */
  public boolean isOutage(Throwable thrown) {
    boolean lost = ConnectionFailures.isReasonOf(thrown);
    if (isLate(thrown)) {
      if (log.isAway()) {
        lastFailure = System.nanoTime();
        return true;
      }
      return !find().isOk() || lost;
    }
    if (lost) {
      lastFailure = System.nanoTime();
      log.away(ConnectionFailures.describe(thrown));
    }
    return lost;
  }

  /**
   * Whether the pool had no connection for some seconds, whose reason may be over or may be that
   * all are in use; or a rollback on a lost connection hides what was lost.
   */
  private static boolean isLate(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLTransientConnectionException
          || (cause instanceof TransactionSystemException
              && cause.getCause() instanceof SQLException sql
              && sql.getSQLState() == null)) {
        return true;
      }
    }
    return false;
  }

  private static ThreadFactory daemon(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void destroy() {
    watching.shutdownNow();
    probing.shutdownNow();
    probe.close();
  }
}
