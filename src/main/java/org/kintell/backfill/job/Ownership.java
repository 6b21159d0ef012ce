package org.kintell.backfill.job;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.database.SqlStates;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.SecretFile;
import org.kintell.backfill.store.Bucket;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.info.BuildProperties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.stereotype.Component;

/**
 * This process among those that share the database: its line in {@code backfill_nodes}, renewed
 * every other second at least, and an advisory lock of the same number, which the server lets go of
 * at once when the process dies. Jobs, chunks and events that it has taken carry its number.
 */
@Component
public class Ownership implements DisposableBean {

  private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

  private static final String LOCK = "SELECT pg_try_advisory_lock(:number)";
  private static final String LISTEN = "LISTEN backfill_work";
  private static final String NOTIFY = "NOTIFY backfill_work";
  private static final String BEAT = SqlFile.read("job/beat");
  private static final String LEAVE = SqlFile.read("job/leave");
  private static final String PRESENT =
      "SELECT EXISTS (SELECT FROM backfill_nodes WHERE number = :number)";

  /** A file in the data folder. Processes with files in a bucket share what its address names. */
  private static final String FOLDER_ID = "folder.id";

  /** Longer than a lock holds a statement up; without it a cut link would, for minutes. */
  private static final int ANSWER_MILLIS = 20_000;

  private static final String LOCK_TIMEOUT = "SET lock_timeout = '5s'";

  private final DataSource dataSource;
  private final JdbcClient jdbc;
  private final String version;
  private final long number = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  private final String name = host() + "/" + ProcessHandle.current().pid();
  private final UUID folder;
  private final Counter lost;
  private final Counter freed;
  private final LastSign lastSign = new LastSign();
  private Connection connection;
  private boolean locked;
  private JdbcClient own;
  private boolean left;

  Ownership(
      DataSource dataSource,
      JdbcClient jdbc,
      BackfillSettings settings,
      DataFolder data,
      Optional<BuildProperties> build,
      MeterRegistry meters)
      throws IOException {
    this.folder =
        UUID.nameUUIDFromBytes(
            settings.isInFolder()
                ? SecretFile.read(data.path().resolve(FOLDER_ID))
                : Bucket.of(settings).toString().getBytes(StandardCharsets.UTF_8));
    this.lost =
        Counter.builder("kintell.nodes.lost")
            .description("Processes that this one has found lost")
            .register(meters);
    this.freed =
        Counter.builder("kintell.chunks.freed")
            .description("Chunks of lost processes that this one has freed")
            .register(meters);
    this.dataSource = dataSource;
    this.jdbc = jdbc;
    this.version = build.map(BuildProperties::getVersion).orElse("development");
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  /** The number by which jobs, chunks and events name this process. */
  public long number() {
    return number;
  }

  /** The host and the process id, for people. */
  public String name() {
    return name;
  }

  /**
   * Shows that this process lives, and frees what those have taken that no longer do so.
   *
   * @param loaders how many chunks it loads at once at most
   * @param draining whether it takes no more chunks
   * @param claims the chunks that it is loading; others that carry its number are freed
   * @return whether there may be work that no notification announces: something was freed, or the
   *     connection is new
   */
  public synchronized boolean beat(int loaders, boolean draining, Collection<ChunkRef> claims)
      throws SQLException {
    if (left) {
      return false;
    }
    List<ChunkRef> loading = List.copyOf(claims);
    AtomicBoolean work = new AtomicBoolean(connection == null);
    try {
      JdbcClient own = own();
      if (!locked) {
        // After a lost connection the server may hold the lock for it some seconds longer.
        locked = own.sql(LOCK).param("number", number).query(Boolean.class).single();
      }
      own.sql(BEAT)
          .param("number", number)
          .param("name", name)
          .param("version", version)
          .param("folder", folder)
          .param("loaders", loaders)
          .param("draining", draining)
          .param(
              "jobIds", loading.stream().map(ref -> ref.jobId().toString()).toArray(String[]::new))
          .param("chunkNos", loading.stream().map(ChunkRef::chunkNo).toArray(Integer[]::new))
          .query(
              row -> {
                work.set(true);
                if (row.getBoolean("own")) {
                  lastSign.wasMissed();
                  return;
                }
                UUID jobId = row.getObject("job_id", UUID.class);
                if (jobId == null) {
                  lost.increment();
                  LOG.warn("Node lost: {}", row.getString("node"));
                } else {
                  freed.increment(row.getBoolean("freed") ? 1 : 0);
                  JobLog.of(LOG.atInfo(), jobId)
                      .log(row.getString("news"), row.getInt("chunk_no"), jobId);
                }
              });
      lastSign.given();
    } catch (RuntimeException e) {
      if (!SqlStates.has(e, SqlStates.LOCK_NOT_AVAILABLE)) {
        discard();
        throw e;
      }
      // The connection works. Other routes log what the lock holds up.
    }
    return work.get();
  }

  /**
   * What processes, perhaps this one, or people at the database have notified all of since the last
   * call: of work without a text, or of a line of the trail by its number.
   */
  public synchronized List<String> notifications() throws SQLException {
    if (connection == null) {
      return List.of();
    }
    try {
      PGNotification[] received = connection.unwrap(PGConnection.class).getNotifications();
      return received == null
          ? List.of()
          : Stream.of(received).map(PGNotification::getParameter).toList();
    } catch (SQLException e) {
      discard();
      throw e;
    }
  }

  /** Its own connection, which holds the lock, and does not wait for one of the pool. */
  private JdbcClient own() throws SQLException {
    if (connection == null) {
      connection = dataSource.getConnection();
      own = JdbcClient.create(new SingleConnectionDataSource(connection, true));
      locked = false;
      // A lost answer must not keep this process from showing itself on a new connection.
      connection.setNetworkTimeout(Runnable::run, ANSWER_MILLIS);
      // A table that somebody locks is no lost connection: this process keeps its lock.
      own.sql(LOCK_TIMEOUT).update();
      own.sql(LISTEN).update();
    }
    return own;
  }

  /** Whether the process of this number is there. */
  public boolean isAlive(long other) {
    return jdbc.sql(PRESENT).param("number", other).query(Boolean.class).single();
  }

  /**
   * Closes a connection that may hold the lock, instead of giving it back to the pool, where it
   * would go on holding it.
   */
  private void discard() {
    try (Connection lost = connection) {
      connection = null;
      if (lost != null) {
        lost.abort(Runnable::run);
      }
    } catch (SQLException e) {
      LOG.debug("The lock's connection was lost: {}", e.getMessage());
    }
  }

  /** Others may take at once what this process had taken. */
  @Override
  public synchronized void destroy() {
    left = true;
    if (connection != null) {
      try {
        own.sql(LEAVE).param("number", number).update();
        own.sql(NOTIFY).update();
      } catch (RuntimeException e) {
        LOG.debug("Not signed off: {}", e.getMessage());
      }
    }
    discard();
  }
}
