package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.kintell.backfill.devservices.LeftoverProcess;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/**
 * The jar in a process of its own, prepared as in the image for a faster start. The process can be
 * killed and started again in the same folder.
 */
public final class ServiceProcess implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(240);
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();

  /** Most processes end early, so they use one compiler for a faster start. */
  private static final String ONE_COMPILER = "-XX:TieredStopAtLevel=1";

  /** Java maps the archive of classes as it is, instead of changing each address in it. */
  private static final List<String> FIXED_ADDRESS =
      List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0");

  /** Log 2 of the rounds: a cheap hash, for fast tests. */
  private static final int FEWEST_ROUNDS = 4;

  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final int port;
  private String heap = "256m";
  private Process process;

  /** Bytes of the log from earlier starts. */
  private int logged;

  private String umask;
  private List<String> launcher = List.of();

  /** On a database of its own and the shared broker. */
  public static ServiceProcess on(Database database) {
    return new ServiceProcess(
        Map.of("DATABASE_URL", database.url(), "NATS_URL", RealParts.natsUrl()));
  }

  /** Another process on the folders and the database of this one. */
  public ServiceProcess sibling() {
    Map<String, String> same = new HashMap<>(environment);
    same.remove("SERVER_PORT");
    return new ServiceProcess(same);
  }

  /**
   * @param environment variables of the service; missing folders and ports get values of this test
   */
  public ServiceProcess(Map<String, String> environment) {
    try {
      Path target = Files.createDirectories(Path.of("target", "processes"));
      folder = Files.createTempDirectory(target, "").toAbsolutePath();
      port = freePort();
      this.environment.put("SERVER_PORT", Integer.toString(port));
      this.environment.put("BACKFILL_DATA_DIR", folder.resolve("data").toString());
      this.environment.put("BACKFILL_INBOX_DIR", folder.resolve("inbox").toString());
      this.environment.put("BACKFILL_INBOX_QUIET", "1s");
      this.environment.put(
          "BACKFILL_ERRORS_DIR", Files.createDirectory(folder.resolve("errors")).toString());
      // Tests that run in parallel must not use the same port.
      this.environment.put("BACKFILL_USERS_PORT", "0");
      this.environment.putAll(environment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  /** Starts it without waiting. */
  public ServiceProcess launch() {
    List<String> command = new ArrayList<>(launcher);
    if (umask != null) {
      command.addAll(List.of("sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"));
    }
    command.addAll(List.of(JAVA, "-Xmx" + heap, ONE_COMPILER));
    command.addAll(FIXED_ADDRESS);
    command.addAll(List.of(Prepared.options(), "-jar", Prepared.jar()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    logged = (int) log().toFile().length();
    builder.environment().remove("DATABASE_URL");
    builder.environment().remove("NATS_URL");
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Starts it and waits until it answers, with or without a key. */
  public ServiceProcess start() {
    launch();
    return awaitServing();
  }

  /** Waits until it answers after {@link #launch}, with or without a key. */
  public ServiceProcess awaitServing() {
    Awaitility.await("the service on port " + port)
        .atMost(PATIENCE)
        .failFast(() -> !process.isAlive())
        .ignoreExceptions()
        .until(
            () -> {
              int status = client().get("/health").status();
              return status == 200 || status == 401 && hasStarted();
            });
    return this;
  }

  /** Whether this start's log says so, because HTTP may need a key. */
  private boolean hasStarted() throws IOException {
    byte[] all = Files.readAllBytes(log());
    return new String(all, logged, all.length - logged, StandardCharsets.UTF_8)
        .contains("Started KintellConnector");
  }

  /** Sets the heap for the next start, as 512m. */
  public ServiceProcess withHeap(String size) {
    heap = size;
    return this;
  }

  /** Sets a variable for the next start. */
  public ServiceProcess with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Sets the command of the next start, which runs the command after it. */
  public ServiceProcess launchedBy(List<String> command) {
    launcher = command;
    return this;
  }

  /** Sets the umask of the next start. */
  public ServiceProcess withUmask(String umask) {
    this.umask = umask;
    return this;
  }

  /** From the next start on, this key has the role admin, and every request needs a key. */
  public ServiceProcess withAdmin(String name, String key) {
    String hash = new BCryptPasswordEncoder(FEWEST_ROUNDS).encode(key);
    return with("BACKFILL_API_KEYS", name + ":admin:{bcrypt}" + hash);
  }

  public BackfillClient client() {
    return new BackfillClient(port);
  }

  /** An address of the service, for a browser. */
  public String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  public int port() {
    return port;
  }

  public long pid() {
    return process.pid();
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** SIGSTOP: it does nothing any more, and keeps its connections. */
  public void freeze() {
    signal("STOP");
  }

  /** SIGCONT: it goes on and does not know that time has passed. */
  public void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      int code = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
      if (code != 0) {
        throw new IllegalStateException("SIG" + name + " could not be sent to " + pid());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** SIGTERM; returns the time until the end. */
  public Duration stop() {
    long start = System.nanoTime();
    process.destroy();
    awaitExit();
    return Duration.ofNanos(System.nanoTime() - start);
  }

  /** Like Ctrl-C in its terminal: ends the nats-server that it started, and then itself. */
  public void stopWithItsNats() throws IOException {
    Path pid = Path.of(environment.get("BACKFILL_DATA_DIR"), "nats", "nats.pid");
    if (Files.exists(pid)) {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(ProcessHandle::destroy);
    }
    stop();
  }

  /** Waits for its end, and returns the exit code. */
  public int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("the service does not end, see " + log());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The folder of this process. */
  public Path folder() {
    return folder;
  }

  public Path log() {
    return folder.resolve("service.log");
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
      stopWhatItStarted();
    }
  }

  /** The embedded servers, which outlive a killed service. */
  private void stopWhatItStarted() {
    Path data = Path.of(environment.get("BACKFILL_DATA_DIR"));
    try {
      LeftoverProcess.stop(data.resolve("postgres").resolve("postmaster.pid"), "postgres");
      LeftoverProcess.stop(data.resolve("nats").resolve("nats.pid"), "nats-server");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The prepared folder, which is created at its first use. */
  private static final class Prepared {
    private static final Path JAR = Path.of(System.getProperty("kintell.jar"));
    static final Path FOLDER =
        MadeOnce.folder(JAR.resolveSibling("prepared"), built(), Prepared::prepare);

    private static FileTime built() {
      try {
        return Files.getLastModifiedTime(JAR);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static void prepare(Path folder) throws IOException, InterruptedException {
      Path log = folder.resolveSibling("prepare.log");
      ProcessBuilder script =
          new ProcessBuilder("deploy/prepare.sh", JAR.toString(), folder.toString())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      script.environment().put("JAVA_HOME", System.getProperty("java.home"));
      // It needs no server of its own, whose creation would take longer than the rest.
      try (Database database = RealParts.newDatabase()) {
        // Of the script's file, so that it imports a row.
        database.sessions().addUsers("john@example.com", "sarah@example.com");
        script.environment().put("PREPARE_DATABASE_URL", database.url());
        if (script.start().waitFor() != 0 || Files.readString(log).contains("no import")) {
          throw new IllegalStateException(JAR + " cannot be prepared, see " + log);
        }
      }
    }

    static String jar() {
      return FOLDER.resolve(JAR.getFileName()).toString();
    }

    static String options() {
      return "@" + FOLDER.resolve("java.options");
    }
  }
}
