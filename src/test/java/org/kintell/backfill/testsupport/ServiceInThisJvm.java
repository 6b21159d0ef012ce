package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.kintell.backfill.KintellConnector;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The service without a process of its own, for tests that start it with settings of their own, on
 * a database of their own and the shared broker.
 */
public final class ServiceInThisJvm implements AutoCloseable {

  private final ConfigurableApplicationContext context;

  /**
   * @param settings as {@code --name=value}; they replace the usual test settings
   */
  public ServiceInThisJvm(Database database, String... settings) {
    this(database.url(), settings);
  }

  /** The same on any database. */
  public ServiceInThisJvm(String databaseUrl, String... settings) {
    Path folder = newFolder();
    List<String> usual =
        List.of(
            "--server.port=0",
            "--backfill.database-url=" + databaseUrl,
            "--backfill.events.nats-url=" + RealParts.natsUrl(),
            "--backfill.data-dir=" + folder.resolve("data"),
            "--backfill.inbox-dir=" + folder.resolve("inbox"),
            "--backfill.errors-dir=" + folder);
    // Spring would join the values of a repeated option.
    Stream<String> remaining =
        usual.stream().filter(one -> Stream.of(settings).noneMatch(other -> isSame(one, other)));
    context =
        SpringApplication.run(
            KintellConnector.class,
            Stream.concat(remaining, Stream.of(settings)).toArray(String[]::new));
  }

  private static boolean isSame(String option, String other) {
    return other.startsWith(option.substring(0, option.indexOf('=') + 1));
  }

  public BackfillClient client() {
    return new BackfillClient(port());
  }

  /** An address of the service, for a browser. */
  public String url(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  public int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", int.class);
  }

  @Override
  public void close() {
    context.close();
  }

  private static Path newFolder() {
    try {
      return Files.createTempDirectory(
          Files.createDirectories(Path.of("target", "in-this-jvm")), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
