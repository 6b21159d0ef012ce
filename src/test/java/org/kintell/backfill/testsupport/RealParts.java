package org.kintell.backfill.testsupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The real parts that all integration tests of a JVM share. Each is started at its first use, and
 * stopped with the JVM, after the applications that use it.
 */
public final class RealParts {

  /** A rare zone with daylight saving of half an hour, so that an unwanted default shows. */
  private static final String HOSTILE_TIME_ZONE = "Australia/Lord_Howe";

  private static final EmbeddedPostgres POSTGRES = startPostgres();
  private static final NatsServer NATS = startNats();

  private RealParts() {}

  /** For {@code DATABASE_URL}. */
  public static String databaseUrl() {
    return databaseUrl("postgres");
  }

  public static String databaseUrl(String database) {
    return "postgres://postgres:postgres@127.0.0.1:" + POSTGRES.getPort() + "/" + database;
  }

  public static String jdbcUrl(String database) {
    return POSTGRES.getJdbcUrl("postgres", database);
  }

  /** A new database on the shared server, with the tables of the service, which are empty. */
  public static Database newDatabase() {
    return Database.migrated();
  }

  /** The same without tables, as before the first start of the service. */
  public static Database emptyDatabase() {
    return Database.empty();
  }

  /** The shared server itself; every statement on a connection of its own. */
  public static JdbcClient jdbc() {
    return JdbcClient.create(new DriverManagerDataSource(jdbcUrl("postgres")));
  }

  /** For {@code NATS_URL}: a server with JetStream. */
  public static String natsUrl() {
    return NATS.url();
  }

  private static NatsServer startNats() {
    NatsServer nats = NatsServer.withJetStream().start();
    SpringApplication.getShutdownHandlers().add(nats::close);
    return nats;
  }

  private static EmbeddedPostgres startPostgres() {
    try {
      EmbeddedPostgres postgres =
          EmbeddedPostgres.builder()
              .setRegisterShutdownHook(false)
              .setServerConfig("timezone", HOSTILE_TIME_ZONE)
              .setLocaleConfig("locale-provider", "builtin")
              .setLocaleConfig("builtin-locale", "C.UTF-8")
              .setLocaleConfig("encoding", "UTF8")
              .start();
      SpringApplication.getShutdownHandlers().add(() -> stop(postgres));
      return postgres;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void stop(EmbeddedPostgres postgres) {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Points an application at the real parts, and gives it a {@link Database} and folders of its
   * own: applications that share a database take each other's jobs.
   */
  public static final class Connect
      implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    @Override
    public void initialize(ConfigurableApplicationContext context) {
      Path folder = newFolder();
      Database database = newDatabase();
      context.getBeanFactory().registerSingleton("testDatabase", database);
      TestPropertyValues.of(
              "backfill.database-url=" + database.url(),
              "backfill.events.nats-url=" + natsUrl(),
              "backfill.data-dir=" + folder.resolve("data"),
              "backfill.inbox-dir=" + folder.resolve("inbox"),
              "backfill.inbox-quiet=500ms",
              "backfill.errors-dir=" + newErrorsFolder(folder))
          .applyTo(context);
    }

    private static Path newFolder() {
      try {
        Path target = Files.createDirectories(Path.of("target", "integration-tests"));
        return Files.createTempDirectory(target, "").toAbsolutePath();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Path newErrorsFolder(Path folder) {
      try {
        return Files.createDirectories(folder.resolve("errors"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
