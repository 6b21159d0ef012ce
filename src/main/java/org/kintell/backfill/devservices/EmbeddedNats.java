package org.kintell.backfill.devservices;

import io.nats.client.AuthHandler;
import io.nats.client.NKey;
import io.nats.client.Nats;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.kintell.backfill.folder.FileModes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nats-server on the PATH, with JetStream, on a free port of the loopback interface, with its
 * store in the data folder. One of the processes that share the folder runs it for all.
 */
public final class EmbeddedNats {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedNats.class);
  private static final String PROGRAM = "nats-server";
  private static final String PID_FILE = "nats.pid";
  private static final String LOG_FILE = "nats.log";

  /** The server logs this when it listens. */
  private static final String READY = "Server is ready";

  private static final long READY_SECONDS = 10;
  private static final long STOP_SECONDS = 5;

  /** Another program may take the port between check and start. */
  private static final int MOST_STARTS = 3;

  private final Process server;
  private final FileLock lock;
  private final String url;
  private final char[] seed;

  private EmbeddedNats(Process server, FileLock lock, String url, char[] seed) {
    this.seed = seed;
    this.server = server;
    this.lock = lock;
    this.url = url;
  }

  /** Starts the server; empty if none is installed. */
  public static Optional<EmbeddedNats> start(Path dataDir)
      throws IOException, InterruptedException {
    Optional<Path> program = find();
    if (program.isEmpty()) {
      return Optional.empty();
    }
    Path folder = FileModes.PRIVATE.createFolders(dataDir.resolve("nats").toAbsolutePath());
    Path urlFile = folder.resolve("nats.url");
    char[] seed = NatsAddress.seed(folder.resolve("nats.nk"));
    Optional<FileLock> lock = lock(folder.resolve("nats.lock"));
    if (lock.isEmpty()) {
      return Optional.of(
          new EmbeddedNats(null, null, NatsAddress.url(NatsAddress.toConnectTo(urlFile)), seed));
    }
    LeftoverProcess.stop(folder.resolve(PID_FILE), PROGRAM);
    // An earlier version kept a token there, and sent it to any listener on the port.
    Files.deleteIfExists(folder.resolve("nats.token"));
    Path configuration = configuration(folder, seed);
    int port;
    Process server;
    int starts = 0;
    do {
      port = NatsAddress.toListenOn(urlFile);
      server = launch(program.get(), folder, configuration, port);
    } while (!awaitReady(server, folder.resolve(LOG_FILE)) && ++starts < MOST_STARTS);
    EmbeddedNats nats = new EmbeddedNats(server, lock.get(), NatsAddress.url(port), seed);
    LOG.info("nats-server started: {}", nats.url());
    return Optional.of(nats);
  }

  private static Process launch(Path program, Path folder, Path configuration, int port)
      throws IOException {
    return new ProcessBuilder(
            // The server's files are private, under any umask of this process.
            "sh",
            "-c",
            "umask 077; exec \"$@\"",
            PROGRAM,
            program.toString(),
            "--config",
            configuration.toString(),
            "--addr",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--jetstream",
            "--store_dir",
            folder.toString(),
            "--pid",
            folder.resolve(PID_FILE).toString())
        .redirectErrorStream(true)
        .redirectOutput(emptied(folder.resolve(LOG_FILE)).toFile())
        .start();
  }

  /**
   * Waits until the server logs that it listens, so that the service does not report a starting
   * server as unavailable. The port itself proves nothing, because another process may listen
   * there.
   *
   * @return false if the server has ended
   */
  private static boolean awaitReady(Process server, Path log)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS);
    while (!Files.readString(log, StandardCharsets.ISO_8859_1).contains(READY)
        && System.nanoTime() - deadline < 0) {
      if (server.waitFor(10, TimeUnit.MILLISECONDS)) {
        return false;
      }
    }
    return true;
  }

  /** For {@code NATS_URL}. */
  public String url() {
    return url;
  }

  /**
   * The server requires these. They sign the server's challenge and are never sent, because another
   * user's program may listen there.
   */
  public AuthHandler credentials() {
    return Nats.staticCredentials(null, seed);
  }

  private static Path configuration(Path folder, char[] seed) throws IOException {
    Path file = folder.resolve("nats.conf");
    try {
      String publicKey = new String(NKey.fromSeed(seed).getPublicKey());
      Files.writeString(
          emptied(file), "authorization { users: [ { nkey: %s } ] }\n".formatted(publicKey));
      return file;
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
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

  /** One of the processes that share a data folder runs the server for all. */
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
    if (!server.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      server.destroyForcibly();
    }
    lock.channel().close();
  }
}
