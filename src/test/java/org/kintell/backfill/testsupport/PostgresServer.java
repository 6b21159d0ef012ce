package org.kintell.backfill.testsupport;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/** A PostgreSQL for a test that stops or reconfigures it. */
public final class PostgresServer implements AutoCloseable {

  private final Path folder;
  private final int port;
  private final Closeable end;
  private Path binaries;

  private PostgresServer(Path folder, int port, Closeable end) {
    this.folder = folder;
    this.port = port;
    this.end = end;
  }

  public static PostgresServer start() {
    try {
      Path folder = newFolder();
      EmbeddedPostgres postgres =
          EmbeddedPostgres.builder()
              .setDataDirectory(folder.resolve("data"))
              // The test library trades durability for speed; this is undone here.
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setLocaleConfig("locale-provider", "builtin")
              .setLocaleConfig("builtin-locale", "C.UTF-8")
              .setLocaleConfig("encoding", "UTF8")
              .start();
      return new PostgresServer(folder, postgres.getPort(), postgres);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path newFolder() throws IOException {
    Path target = Files.createDirectories(Path.of("target", "postgres"));
    return Files.createTempDirectory(target, "").toAbsolutePath();
  }

  /** Starts a standby, without which this server commits nothing from then on. */
  public PostgresServer withStandby() throws IOException {
    Path copy = newFolder();
    PostgresServer standby = new PostgresServer(copy, ServiceProcess.freePort(), () -> {});
    standby.binaries = binaries();
    stop();
    FileSystemUtils.copyRecursively(folder.resolve("data"), copy.resolve("data"));
    Files.setPosixFilePermissions(
        copy.resolve("data"), PosixFilePermissions.fromString("rwx------"));
    Files.createFile(copy.resolve("data").resolve("standby.signal"));
    Files.writeString(
        copy.resolve("data").resolve("postgresql.auto.conf"),
        "max_connections = 300\nprimary_conninfo = 'host=127.0.0.1 port=%d user=postgres application_name=standby'\n"
            .formatted(port),
        StandardOpenOption.APPEND);
    startAgain();
    standby.startAgain();
    await()
        .until(
            () ->
                jdbc()
                    .sql("SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'")
                    .query(Boolean.class)
                    .single());
    jdbc().sql("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (standby)'").update();
    jdbc().sql("SELECT pg_reload_conf()").query(Boolean.class).single();
    return standby;
  }

  /** Makes a standby take writes. */
  public void promote() {
    control(Map.of(), "promote", "-w");
  }

  /** Stops it as a crash does. */
  public void crash() {
    control(Map.of(), "stop", "-m", "immediate", "-w");
  }

  public int port() {
    return port;
  }

  public String url() {
    return url(port());
  }

  /** The same server on another port. */
  public static String url(int port) {
    return "postgres://postgres:postgres@127.0.0.1:" + port + "/postgres";
  }

  /** From now on it also serves clients in this network. */
  public void letIn(String network) {
    try {
      Files.writeString(
          folder.resolve("data").resolve("pg_hba.conf"),
          "host all all " + network + " trust\n",
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    jdbc().sql("ALTER SYSTEM SET listen_addresses = '*'").update();
    stop();
    startAgain();
  }

  /** Every statement on a connection of its own, so that it survives restarts. */
  public JdbcClient jdbc() {
    return jdbc(port);
  }

  /** The same through a proxy on this port. */
  public static JdbcClient jdbc(int port) {
    return JdbcClient.create(new DriverManagerDataSource(jdbcUrl(port)));
  }

  private static String jdbcUrl(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres&password=postgres";
  }

  /** Stops it as a crash does, and starts it again. */
  public void crashAndRestart() {
    control(Map.of(), "restart", "-m", "immediate", "-w");
  }

  /** Stops it; {@link #startAgain} starts it again on the same port. */
  public void stop() {
    control(Map.of(), "stop", "-m", "fast", "-w");
  }

  /** Starts it again after {@link #stop}. */
  public void startAgain() {
    control(Map.of(), "start", "-w", "-o", "-p " + port());
  }

  /** Restarts it with additional environment variables. */
  public void restartWith(Map<String, String> environment) {
    control(environment, "restart", "-m", "fast", "-w");
  }

  /** Ends every connection except the caller's. */
  public int terminateConnections() {
    return jdbc()
        .sql(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'")
        .query(Integer.class)
        .single();
  }

  /** A connection of another client. */
  public Connection connect(String application) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(port) + "&ApplicationName=" + application);
  }

  /** Limits the number of its connections, by a restart. */
  public void allowConnections(int most) {
    jdbc().sql("ALTER SYSTEM SET max_connections = " + most).update();
    stop();
    startAgain();
  }

  /** Makes it read-only, like a standby, or writable again. */
  public void takeWrites(boolean writes) {
    jdbc().sql("ALTER SYSTEM SET default_transaction_read_only = " + !writes).update();
    jdbc().sql("SELECT pg_reload_conf()").query(Boolean.class).single();
  }

  /** The folder of the running server's program. */
  private Path binaries() throws IOException {
    if (binaries == null) {
      binaries = findBinaries();
    }
    return binaries;
  }

  private Path findBinaries() throws IOException {
    String pid = Files.readAllLines(folder.resolve("data").resolve("postmaster.pid")).get(0);
    ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    return Path.of(server.info().command().orElseThrow()).getParent();
  }

  private void control(Map<String, String> environment, String... what) {
    try {
      List<String> command = new ArrayList<>();
      if ("root".equals(System.getProperty("user.name"))) {
        // PostgreSQL refuses to run as root; in its own namespace it has another user id.
        command.addAll(List.of("unshare", "-U"));
      }
      command.add(binaries().resolve("pg_ctl").toString());
      command.addAll(List.of("-D", folder.resolve("data").toString()));
      command.addAll(List.of(what));
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("pg_ctl.log").toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(Files.readString(folder.resolve("pg_ctl.log")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      end.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
