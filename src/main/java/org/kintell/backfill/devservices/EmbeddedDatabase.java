package org.kintell.backfill.devservices;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.folder.FileModes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL on a free port of the loopback interface, with its data in the data folder. One
 * process at a time runs it, and first stops the server of a killed process.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);
  private static final String VARIABLE = "BACKFILL_DATA_DIR";

  /** Recovery after a crash takes a while. */
  private static final String START_SECONDS = "300";

  private static final String STOP_SECONDS = "5";

  /** No socket: it would be another entrance. */
  private static final String OPTIONS =
      " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=300"
          + " -c timezone=UTC -c fsync=on -c synchronous_commit=on -c password_encryption=scram-sha-256";

  private final FileLock lock;
  private final PostgresProgram program;
  private final PostgresCluster cluster;
  private final int port;
  private final String password;

  private EmbeddedDatabase(FileLock lock, Path dataDir) throws IOException {
    this.lock = lock;
    program = new PostgresProgram(PostgresBinaries.in(dataDir, PostgresCluster.madeBy(dataDir)));
    cluster = new PostgresCluster(dataDir, program);
    password = cluster.prepare();
    port = freePort();
    try {
      control("start", "-w", "-t", START_SECONDS, "-o", "-p " + port + OPTIONS);
    } catch (IOException e) {
      LeftoverProcess.stop(pidFile(dataDir), "postgres");
      throw e;
    }
  }

  /**
   * Starts the server; the first time, initialises its data.
   *
   * @param dataDir exists, and only this process's user may write to it
   * @throws WrongSettingException if another process uses this data folder, or PostgreSQL cannot
   *     use it; the message has PostgreSQL's own words
   */
  public static EmbeddedDatabase start(Path dataDir) {
    Path folder = dataDir.toAbsolutePath().normalize();
    try {
      FileLock lock = lock(folder);
      try {
        LeftoverProcess.stop(pidFile(folder), "postgres");
        EmbeddedDatabase database = new EmbeddedDatabase(lock, folder);
        LOG.info(
            "Embedded PostgreSQL started. To connect: PGPASSFILE={} psql {}",
            database.cluster.passfile(),
            database.url(""));
        return database;
      } catch (IOException | RuntimeException e) {
        lock.channel().close();
        throw e;
      }
    } catch (IOException e) {
      throw new WrongSettingException(
          VARIABLE,
          dataDir.toString(),
          "a folder in which the embedded PostgreSQL starts ("
              + (e.getClass() == IOException.class ? e.getMessage() : e)
              + ")");
    }
  }

  /** For {@code DATABASE_URL}. It holds the password. */
  public String url() {
    return url(":" + password);
  }

  private String url(String secret) {
    return "postgres://%s%s@127.0.0.1:%d/%s"
        .formatted(PostgresCluster.USER, secret, port, PostgresCluster.DATABASE);
  }

  private static Path pidFile(Path dataDir) {
    return dataDir.resolve("postgres").resolve("postmaster.pid");
  }

  private void control(String... what) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("-D", cluster.folder().toString()));
    arguments.addAll(List.of(what));
    program.run("", "pg_ctl", arguments);
  }

  @SuppressWarnings("resource") // The lock lives as long as this process needs the folder.
  private static FileLock lock(Path dataDir) throws IOException {
    FileChannel channel =
        FileModes.open(
            dataDir.resolve("postgres.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      return FolderOwner.take(channel, dataDir);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      control("stop", "-m", "fast", "-w", "-t", STOP_SECONDS);
    } catch (IOException e) {
      LOG.warn("Embedded PostgreSQL is still stopping: {}", e.getMessage());
    } finally {
      lock.channel().close();
    }
  }
}
