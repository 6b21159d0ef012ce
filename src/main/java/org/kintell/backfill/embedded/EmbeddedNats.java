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

  private EmbeddedNats(Process server, FileLock lock, String url) {
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
    Path folder = Files.createDirectories(dataDir.resolve("nats").toAbsolutePath());
    Path urlFile = folder.resolve("nats.url");
    Optional<FileLock> lock = lock(folder.resolve("nats.lock"));
    if (lock.isEmpty()) {
      return Optional.of(
          new EmbeddedNats(null, null, NatsAddress.url(NatsAddress.toConnectTo(urlFile))));
    }
    Path pidFile = folder.resolve("nats.pid");
    Orphan.stop(pidFile, PROGRAM);
    int port = NatsAddress.toListenOn(urlFile);
    Process server =
        new ProcessBuilder(
                program.get().toString(),
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
            .redirectOutput(folder.resolve("nats.log").toFile())
            .start();
    awaitListening(server, port);
    EmbeddedNats nats = new EmbeddedNats(server, lock.get(), NatsAddress.url(port));
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

  private static Optional<Path> find() {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, PROGRAM))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Of the processes that share a data folder, one runs the server for all. */
  private static Optional<FileLock> lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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
