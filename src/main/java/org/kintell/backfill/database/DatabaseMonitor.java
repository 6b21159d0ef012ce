package org.kintell.backfill.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.kintell.backfill.log.Outage;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.stereotype.Component;

/**
 * Knows whether the database is unavailable or full, a table is locked or the pool is exhausted,
 * and logs each change. It probes the database, every two seconds while connections are in use or
 * something is wrong, and learns from failures of other callers.
 */
@Component
public class DatabaseMonitor implements DisposableBean {

  /** The answer of {@link #ask} without an outage. */
  public static final String OK = Finding.OK.health();

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration PERIOD = Duration.ofSeconds(2);

  /** Between two probes while all is well and nobody waits for the database. */
  private static final Duration CALM_PERIOD = Duration.ofSeconds(10);

  /** Longer than a loaded database takes to answer a probe. */
  private static final Duration SILENCE = Duration.ofSeconds(6);

  /** The pool notices lost connections one after the other. */
  private static final Duration CALM = Duration.ofSeconds(2);

  /**
   * Longer than a caller waits for a connection, so every waiting caller has succeeded or failed by
   * then.
   */
  private static final Duration REFUSED = Duration.ofSeconds(6);

  /** Longer than the pause after which routes try again, while nobody waits for a connection. */
  private static final Duration POOL_CALM = Duration.ofSeconds(15);

  /** Several times the pause after which clients and timers try again. */
  private static final Duration FULL_CALM = Duration.ofSeconds(30);

  private final HikariDataSource pool;
  private final Outage away;
  private final Outage exhausted =
      new Outage(
          "Connection pool exhausted",
          "Requests and jobs wait for a connection",
          "Connection pool has free connections again",
          POOL_CALM);
  private final TableLocks locks = new TableLocks();

  /** A small write may fit where others do not. */
  private final Outage full =
      new Outage(
          "Database is out of disk space",
          "Requests that write are refused with 507, and their jobs fail. Free space on its server,"
              + " then call resume",
          "No statement has failed for lack of disk space lately,",
          FULL_CALM);

  private final DatabaseProbe probe;
  private final ExecutorService probing =
      Executors.newSingleThreadExecutor(daemon("database-probe"));
  private final ScheduledExecutorService watching =
      Executors.newSingleThreadScheduledExecutor(daemon("database-monitor"));
  private CompletableFuture<Finding> last = CompletableFuture.completedFuture(Finding.OK);
  private long begun;

  /** The server refused the pool a new connection; existing ones may still work. */
  private volatile Finding refused = Finding.OK;

  private volatile long refusedAt = System.nanoTime();
  private volatile boolean up = true;

  DatabaseMonitor(DataSource dataSource, MeterRegistry meters) throws SQLException {
    this.pool = dataSource.unwrap(HikariDataSource.class);
    this.away = away(pool, "Jobs, inbox files and events wait for it (%s)", CALM);
    this.probe = new DatabaseProbe(pool);
    Gauge.builder("kintell.database.up", () -> up ? 1 : 0)
        .description("1 while the database answers and takes writes")
        .register(meters);
    watching.scheduleWithFixedDelay(
        this::watch, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * @param consequence format with a placeholder for the address
   */
  static Outage away(HikariDataSource pool, String consequence, Duration calm) {
    return new Outage(
        "Database is away",
        consequence.formatted(DatabaseUrl.address(pool.getJdbcUrl())),
        "Database is back",
        calm);
  }

  /**
   * {@code ok}, or the problem of the database, within two seconds. Simultaneous callers share one
   * probe.
   */
  public String ask() {
    return find().health();
  }

  /** The reason to refuse a request, and the remedy, in words for its sender. */
  public String explain() {
    String reason = exhausted.reason();
    if (reason != null && !away.isOn()) {
      return "The service has no connection to the database left: %s.".formatted(reason);
    }
    String answer = ask();
    return "The database %s.".formatted(answer.equals(OK) ? "could not be reached" : answer);
  }

  private Finding find() {
    Finding finding = probe();
    boolean recently = System.nanoTime() - refusedAt < REFUSED.toNanos();
    return finding.isOk() && recently ? refused : finding;
  }

  private Finding probe() {
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
    if (isCalm()) {
      return;
    }
    Finding finding = find();
    if (finding.isLocked()) {
      up = true;
      away.works();
      locks.note(finding, within(probe::lockedTables, Map.of()));
    } else if (finding.isOk()) {
      up = true;
      HikariPoolMXBean connections = pool.getHikariPoolMXBean();
      boolean waited = connections.getThreadsAwaitingConnection() > 0;
      // While the pool reopens its connections, callers that waited for one still fail.
      if (!waited || connections.getTotalConnections() == pool.getMaximumPoolSize()) {
        away.works();
      }
      locks.note(finding, within(probe::lockedTables, Map.of()));
      full.works();
      if (!waited) {
        exhausted.works();
      }
    } else if (finding != Finding.SILENT || isSilent()) {
      up = false;
      away.fails(finding.kind(), finding.reason());
    }
  }

  private synchronized boolean isCalm() {
    HikariPoolMXBean connections = pool.getHikariPoolMXBean();
    return up
        && System.nanoTime() - begun < CALM_PERIOD.toNanos()
        && Stream.of(away, full, exhausted).noneMatch(Outage::isOn)
        && !locks.areOn()
        && connections.getThreadsAwaitingConnection() == 0
        // This process always holds the one of its advisory lock.
        && connections.getActiveConnections() <= 1;
  }

  /** During shutdown the CPU is busy, and a late answer would look like an outage. */
  @EventListener(ContextClosedEvent.class)
  void stopWatching() {
    watching.shutdownNow();
  }

  private synchronized boolean isSilent() {
    return !last.isDone() && System.nanoTime() - begun > SILENCE.toNanos();
  }

  /** Whether a failure belongs to an outage. If so, this class logs it, and the caller need not. */
  public boolean isOutage(Throwable thrown) {
    if (SqlStates.has(thrown, SqlStates.DISK_FULL)) {
      full.fails(SqlStates.describe(thrown));
      return true;
    }
    boolean lost = SqlStates.isAway(thrown);
    if (lost && SqlStates.isTooMany(thrown)) {
      refused = Finding.of(thrown);
      refusedAt = System.nanoTime();
      away.fails(refused.kind(), refused.reason());
      return true;
    }
    if (SqlStates.isHidden(thrown)) {
      return away.goesOn() || !find().isOk() || isExhausted() || lost;
    }
    if (lost) {
      Finding finding = Finding.of(thrown);
      away.fails(finding.kind(), finding.reason());
    }
    return lost || (thrown instanceof QueryTimeoutException && locks.areOn());
  }

  /** Whether all connections are in use; if so, asks what their statements wait for. */
  private boolean isExhausted() {
    HikariPoolMXBean connections = pool.getHikariPoolMXBean();
    if (exhausted.isOn()) {
      return exhausted.goesOn();
    }
    if (probing.isShutdown() || connections.getActiveConnections() < pool.getMaximumPoolSize()) {
      return false;
    }
    String waits =
        within(probe::waits, Optional.<String>empty()).map(" Most wait for "::concat).orElse("");
    exhausted.fails(
        "all %d connections are in use (BACKFILL_DATABASE_POOL).%s"
            .formatted(pool.getMaximumPoolSize(), waits));
    return true;
  }

  /** The answer to a further question, if it comes in time. */
  private <T> T within(Supplier<T> question, T otherwise) {
    return CompletableFuture.supplyAsync(question, probing)
        .completeOnTimeout(otherwise, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }

  /** Makes threads that the process does not wait for at its end. */
  static ThreadFactory daemon(String name) {
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
