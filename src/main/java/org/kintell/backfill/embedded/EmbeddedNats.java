package org.kintell.backfill.embedded;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.kintell.backfill.FileModes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nats-server found on the PATH, with JetStream, on a free port of the loopback interface, its
 * store kept in the data folder. Of the processes that share the folder one runs it for all.
 */
public final class EmbeddedNats {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedNats.class);
  private static final String PROGRAM = "nats-server";
  private static final long PATIENCE_SECONDS = 5;

  private final Process server;
  private final FileLock lock;
  private final String url;
  private final String token;

  private EmbeddedNats(Process server, FileLock lock, String url, String token) {
    this.token = token;
    this.server = server;
    this.lock = lock;
    this.url = url;
  }

  /** Starts the server; empty where none is installed. */
  public static Optional<EmbeddedNats> start(Path dataDir)
      throws IOException, InterruptedException {
    Optional<Path> program = find();
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Path folder = FileModes.PRIVATE.createFolders(dataDir.resolve("nats").toAbsolutePath());
    Path urlFile = folder.resolve("nats.url");
    String token = NatsAddress.token(folder.resolve("nats.token"));
    Optional<FileLock> lock = lock(folder.resolve("nats.lock"));
    if (lock.isEmpty()) {
      return Optional.of(
          new EmbeddedNats(null, null, NatsAddress.url(NatsAddress.toConnectTo(urlFile)), token));
    }
    Path pidFile = folder.resolve("nats.pid");
    Orphan.stop(pidFile, PROGRAM);
    int port = NatsAddress.toListenOn(urlFile);
    Process server =
        new ProcessBuilder(
                // Whatever it writes is private, whoever started this process with whatever umask.
                "sh",
                "-c",
                "umask 077; exec \"$@\"",
                PROGRAM,
                program.get().toString(),
                "--config",
                configuration(folder, token).toString(),
                "--addr",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--jetstream",
                "--store_dir",
                folder.toString(),
                "--pid",
                pidFile.toString())
            .redirectErrorStream(true)
            .redirectOutput(emptied(folder.resolve("nats.log")).toFile())
            .start();
    awaitListening(server, port);
    EmbeddedNats nats = new EmbeddedNats(server, lock.get(), NatsAddress.url(port), token);
    LOG.info("nats-server runs beside the service: {}", nats.url());
    return Optional.of(nats);
  }

  /** So that nobody is told that it is away when it has only just been started. */
  private static void awaitListening(Process server, int port) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!listens(port)
        && !server.waitFor(10, TimeUnit.MILLISECONDS)
        && System.nanoTime() - deadline < 0) {}
  }

  private static boolean listens(int port) {
    try (Socket reached = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return reached.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** For {@code NATS_URL}. */
  public String url() {
    return url;
  }

  /** Without it the server takes nobody. */
  public String token() {
    return token;
  }

  /** In a file, because everybody on the machine can read a command line. */
  private static Path configuration(Path folder, String token) throws IOException {
    Path file = folder.resolve("nats.conf");
    Files.writeString(emptied(file), "authorization { token: \"%s\" }\n".formatted(token));
    return file;
  }

  private static Path emptied(Path file) throws IOException {
    Files.deleteIfExists(file);
    FileModes.PRIVATE.create(file).close();
    return file;
  }

  private static Optional<Path> find() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, PROGRAM))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Of the processes that share a data folder, one runs the server for all. */
  private static Optional<FileLock> lock(Path file) throws IOException {
    FileChannel channel = FileModes.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    Optional<FileLock> lock = Optional.ofNullable(channel.tryLock());
    if (lock.isEmpty()) {
      channel.close();
    }
    return lock;
  }

  /** Stops the server, if this process started it. */
  public void stop() throws IOException, InterruptedException {
    if (server == null) {
      return;
    }
    server.destroy();
    if (!server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      server.destroyForcibly();
    }
    lock.channel().close();
  }
}
