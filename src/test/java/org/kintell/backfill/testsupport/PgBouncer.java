package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A real PgBouncer in front of a database, on a free port. */
public final class PgBouncer implements AutoCloseable {

  private final int port;
  private final Process process;
  private final String url;

  /**
   * @param mode its pool mode, {@code session} or {@code transaction}
   */
  public PgBouncer(Database database, String mode) throws IOException {
    port = ServiceProcess.freePort();
    Path program = DebianPackage.program("pgbouncer", "usr/sbin/pgbouncer").toAbsolutePath();
    URI behind = URI.create(database.url());
    String[] account = behind.getUserInfo().split(":", 2);
    Path folder = Files.createTempDirectory("pgbouncer");
    Path users = folder.resolve("users.txt");
    Files.writeString(users, "\"%s\" \"%s\"\n".formatted(account[0], account[1]));
    Path settings = folder.resolve("pgbouncer.ini");
    Files.writeString(
        settings,
        """
        [databases]
        * = host=%s port=%d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = plain
        auth_file = %s
        pool_mode = %s
        default_pool_size = 40
        ignore_startup_parameters = extra_float_digits
        """
            .formatted(behind.getHost(), behind.getPort(), port, users, mode));
    List<String> command = new ArrayList<>(List.of(program.toString()));
    if ("root".equals(System.getProperty("user.name"))) {
      // It refuses to run as root, and reads its files as the other user.
      command.addAll(List.of("-u", "nobody"));
      run("chown", "-R", "nobody", folder.toString());
    }
    command.add(settings.toString());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(folder.resolve("pgbouncer.log").toFile());
    if (DebianPackage.onThePath("pgbouncer").isEmpty()) {
      try (var libraries = Files.walk(DebianPackage.fetched("libc-ares2"))) {
        Path library =
            libraries.filter(file -> file.endsWith("libcares.so.2")).findFirst().orElseThrow();
        builder
            .environment()
            .put("LD_LIBRARY_PATH", library.toAbsolutePath().getParent().toString());
      }
    }
    process = builder.start();
    url =
        database
            .url()
            .replace(
                "@" + behind.getHost() + ":" + behind.getPort() + "/", "@127.0.0.1:" + port + "/");
    Awaitility.await("pgbouncer").until(() -> LocalPort.listens(port));
  }

  private static void run(String... command) throws IOException {
    try {
      new ProcessBuilder(command).inheritIO().start().waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The database's address through it. */
  public String url() {
    return url;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
