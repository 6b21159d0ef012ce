package org.kintell.backfill.database;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import org.kintell.backfill.log.Outage;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Waits at start for a database that is down, is starting or cannot be found yet. Meanwhile the
 * service's port answers 503.
 */
@Component
public class DatabaseWait {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Environment environment;

  DatabaseWait(Environment environment) {
    this.environment = environment;
  }

  /**
   * Returns when the database is reachable and takes writes.
   *
   * @throws SQLException if it refuses for a permanent reason, such as a wrong password
   * @throws StartCancelledException if the process is stopped meanwhile
   */
  public void awaitReachable(HikariDataSource pool) throws SQLException {
    try (DatabaseProbe probe = new DatabaseProbe(pool)) {
      Finding finding = probe.whyNotYet();
      if (finding == null) {
        return;
      }
      Outage away =
          DatabaseMonitor.away(
              pool,
              "The service waits for it (%s); until then GET /health answers 503",
              Duration.ZERO);
      away.fails(finding.kind(), finding.reason());
      NotReadyServer server = NotReadyServer.start(environment);
      try (Interruption interruption = new Interruption()) {
        while (finding != null) {
          server.say(finding.health());
          Thread.sleep(PAUSE.toMillis());
          interruption.check();
          finding = probe.whyNotYet();
          if (finding != null) {
            away.fails(finding.kind(), finding.reason());
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StartCancelledException();
      } finally {
        server.close();
      }
      away.works();
    }
  }

  /**
   * Makes SIGTERM interrupt this thread: the start holds the lock that an orderly shutdown needs.
   */
  private static final class Interruption implements AutoCloseable {
    private final Thread waiting = Thread.currentThread();
    private volatile boolean absent = true;
    private final Thread hook = new Thread(this::interrupt, "stop-waiting");

    Interruption() {
      Runtime.getRuntime().addShutdownHook(hook);
    }

    /** The driver swallows an interruption while it connects. */
    void check() {
      if (!absent) {
        throw new StartCancelledException();
      }
    }

    private void interrupt() {
      absent = false;
      waiting.interrupt();
    }

    @Override
    public void close() {
      if (absent) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }
}
