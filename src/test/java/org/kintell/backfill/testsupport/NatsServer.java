package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * A real nats-server on a free port, with a store that survives its restarts. Uses the program on
 * the PATH, else downloads Debian's package and unpacks it under target.
 */
public final class NatsServer implements AutoCloseable {

  private static final Path PROGRAM = DebianPackage.program("nats-server", "usr/sbin/nats-server");

  private final int port;
  private final Path store;
  private final boolean jetStream;
  private final List<String> options;
  private Process process;

  private NatsServer(boolean jetStream, String... options) throws IOException {
    this.jetStream = jetStream;
    this.options = List.of(options);
    this.store = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "nats");
    this.port = ServiceProcess.freePort();
  }

  /** A server that keeps streams; not started yet. */
  public static NatsServer withJetStream() {
    return create(true);
  }

  /** A server that only passes messages on, for one user; not started yet. */
  public static NatsServer withPassword(String user, String password) {
    return create(false, "--user", user, "--pass", password);
  }

  private static NatsServer create(boolean jetStream, String... options) {
    try {
      return new NatsServer(jetStream, options);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The path of the program. */
  public static Path program() {
    return PROGRAM;
  }

  public String url() {
    return "nats://127.0.0.1:" + port;
  }

  /** Starts it, always on the same port and store, and waits until it listens. */
  public NatsServer start() {
    return start(options);
  }

  /** The same, but it lets in another user only. */
  public NatsServer startForAnotherUser() {
    return start(List.of("--user", "another", "--pass", "secret"));
  }

  private NatsServer start(List<String> options) {
    List<String> command =
        new ArrayList<>(
            List.of(PROGRAM.toString(), "--addr", "127.0.0.1", "--port", Integer.toString(port)));
    command.addAll(options);
    if (jetStream) {
      command.addAll(List.of("--jetstream", "--store_dir", store.toAbsolutePath().toString()));
    }
    try {
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(store.resolve("nats.log").toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("nats-server").until(() -> LocalPort.listens(port));
    return this;
  }

  /** Kills it, as a crash does. */
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
  }
}
