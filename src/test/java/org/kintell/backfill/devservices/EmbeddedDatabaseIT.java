package org.kintell.backfill.devservices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.database.DatabaseUrl;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.util.FileSystemUtils;

/** Committed data are on the disk, and accessible only with the password. */
class EmbeddedDatabaseIT {

  /** Unpacking PostgreSQL takes longest, so all share a folder. */
  @TempDir static Path data;

  private static EmbeddedDatabase database;

  @BeforeAll
  static void start() {
    database = EmbeddedDatabase.start(new DataFolder(data, FileModes.PRIVATE).path());
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fsync", "synchronous_commit", "full_page_writes"})
  void keepsWhatWasCommitted(String setting) throws Exception {
    try (Connection connection = connect()) {
      assertThat(jdbc(connection).sql("SHOW " + setting).query(String.class).single())
          .isEqualTo("on");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgres:postgres", "postgres:", "kintell:kintell", "kintell:"})
  void aGuessedPasswordIsRefused(String guess) throws Exception {
    String[] user = guess.split(":", 2);
    String jdbcUrl = DatabaseUrl.parse(database.url()).jdbcUrl();
    assertThatExceptionOfType(SQLException.class)
        .isThrownBy(() -> DriverManager.getConnection(jdbcUrl, user[0], user[1]).close())
        .withMessageMatching("(?s).*(password|authentication).*");
  }

  /** SQL reaches neither files nor programs of the machine. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "COPY (SELECT 1) TO PROGRAM 'cat'",
        "COPY (SELECT 1) TO '/tmp/x'",
        "SELECT pg_read_file('postgresql.conf')",
        "ALTER SYSTEM SET archive_command = 'x'",
        "CREATE ROLE other SUPERUSER",
        "SET ROLE postgres"
      })
  void theServiceIsNoSuperuser(String statement) throws Exception {
    try (Connection connection = connect()) {
      assertThatThrownBy(() -> connection.createStatement().execute(statement))
          .hasMessageContaining("permission denied");
    }
  }

  /** Key checks by chunk need no other right of a superuser. */
  @Test
  void theServiceMaySwitchTriggersOff() throws Exception {
    try (Connection connection = connect()) {
      assertThat(maySwitchTriggersOff(connection)).isTrue();
    }
  }

  private static boolean maySwitchTriggersOff(Connection connection) {
    return jdbc(connection)
        .sql("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        .query(Boolean.class)
        .single();
  }

  @Test
  void thePasswordIsInAFileOfTheOwnersAndNowhereElse() throws Exception {
    String password = DatabaseUrl.parse(database.url()).password();
    Path passfile = data.resolve("pgpass");
    assertThat(Files.readString(passfile)).isEqualTo("127.0.0.1:*:*:kintell:" + password + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passfile)))
        .isEqualTo("rw-------");
    assertThat(ProcessHandle.allProcesses())
        .noneMatch(process -> process.info().commandLine().orElse("").contains(password));
    // There is no socket as another entrance.
    assertThat(Files.readAllLines(data.resolve("postgres/postmaster.pid")).get(4)).isEmpty();
  }

  /** With every kind of object that the service creates, and a job. */
  @Test
  void dataWithoutAPasswordAreConverted(@TempDir Path older) throws Exception {
    try (EmbeddedPostgres trusting =
        EmbeddedPostgres.builder()
            .setDataDirectory(older.resolve(DataFolder.POSTGRES))
            .setCleanDataDirectory(false)
            .setLocaleConfig("locale-provider", "builtin")
            .setLocaleConfig("builtin-locale", "C.UTF-8")
            .setLocaleConfig("encoding", "UTF8")
            .start()) {
      Flyway.configure().dataSource(trusting.getPostgresDatabase()).load().migrate();
      try (Connection connection = trusting.getPostgresDatabase().getConnection()) {
        connection
            .createStatement()
            .execute(
                "INSERT INTO users (email) VALUES ('a@example.com');"
                    + " CREATE ROLE intruder LOGIN SUPERUSER; CREATE ROLE kintell;"
                    + " GRANT pg_execute_server_program TO kintell;"
                    + " CREATE SCHEMA more; CREATE TYPE more.mood AS ENUM ('good');"
                    + " CREATE DOMAIN more.short AS text; CREATE SEQUENCE more.numbers;"
                    + " CREATE VIEW more.all_users AS SELECT * FROM users;"
                    + " CREATE PROCEDURE more.nothing() LANGUAGE sql AS 'SELECT 1'");
      }
    }

    EmbeddedDatabase secured =
        EmbeddedDatabase.start(new DataFolder(older, FileModes.PRIVATE).path());
    try (secured;
        Connection connection = connect(secured)) {
      JdbcClient jdbc = jdbc(connection);
      assertThat(jdbc.sql("SELECT email FROM users").query(String.class).list())
          .containsExactly("a@example.com");
      assertThat(ownedByOthers(jdbc)).isEmpty();
      assertThat(
              jdbc.sql("SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin")
                  .query(String.class)
                  .list())
          .isEmpty();
      assertThat(maySwitchTriggersOff(connection)).isTrue();
      assertThatThrownBy(
              () -> connection.createStatement().execute("COPY (SELECT 1) TO PROGRAM 'cat'"))
          .hasMessageContaining("permission denied");
      // As a later migration does.
      connection
          .createStatement()
          .execute(
              "ALTER TABLE backfill_jobs ADD COLUMN new int;"
                  + " CREATE OR REPLACE FUNCTION backfill_change_job() RETURNS trigger"
                  + " LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TABLE newer (id int)");
      String jdbcUrl = DatabaseUrl.parse(secured.url()).jdbcUrl();
      assertThatThrownBy(() -> DriverManager.getConnection(jdbcUrl, "intruder", "").close())
          .isInstanceOf(SQLException.class);
    }
  }

  private static List<String> ownedByOthers(JdbcClient jdbc) {
    return jdbc.sql(
            """
            SELECT owned.name FROM (
              SELECT relname AS name, relowner AS owner, relnamespace AS schema FROM pg_class
              UNION ALL SELECT proname, proowner, pronamespace FROM pg_proc
              UNION ALL SELECT typname, typowner, typnamespace FROM pg_type
              UNION ALL SELECT nspname, nspowner, oid FROM pg_namespace) AS owned
              JOIN pg_namespace AS place ON place.oid = owned.schema
             WHERE place.nspname IN ('public', 'more') AND owned.name <> 'public'
               AND owned.owner <> 'kintell'::regrole
            """)
        .query(String.class)
        .list();
  }

  /** In PostgreSQL's own words, and at once. */
  @Test
  void whyItDoesNotStartIsSaidInOneLine() throws Exception {
    Path broken = Files.createDirectory(data.resolveSibling("broken-" + System.nanoTime()));
    try {
      copy(data.resolve(DataFolder.BINARIES), broken.resolve(DataFolder.BINARIES));
      EmbeddedDatabase.start(broken).close();
      Path postgres = broken.resolve(DataFolder.POSTGRES);

      Path control = postgres.resolve("global/pg_control");
      byte[] whole = Files.readAllBytes(control);
      Files.write(control, new byte[whole.length]);
      assertRefused(
          broken, "pg_ctl: database files are incompatible with server. The database cluster was");
      Files.write(control, whole);

      Files.setPosixFilePermissions(postgres, PosixFilePermissions.fromString("rwxrwxrwx"));
      assertRefused(
          broken, "pg_ctl: data directory", "has invalid permissions. Permissions should be");
      Files.setPosixFilePermissions(postgres, PosixFilePermissions.fromString("rwx------"));

      Files.writeString(postgres.resolve("PG_VERSION"), "15\n");
      assertRefused(broken, "was made by PostgreSQL 15, and this one is 18");

      Files.delete(postgres.resolve("PG_VERSION"));
      assertRefused(broken, "holds something else than data of PostgreSQL");
    } finally {
      FileSystemUtils.deleteRecursively(broken);
    }
  }

  private static void assertRefused(Path folder, String... words) {
    Instant start = Instant.now();
    assertThatExceptionOfType(WrongSettingException.class)
        .isThrownBy(() -> EmbeddedDatabase.start(folder).close())
        .withMessageStartingWith("Invalid BACKFILL_DATA_DIR '%s': expected ".formatted(folder))
        .withMessageContainingAll(words)
        .withMessageNotContaining("\n");
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(20));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(
            file,
            to.resolve(from.relativize(file)),
            StandardCopyOption.COPY_ATTRIBUTES,
            LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  private static Connection connect() throws SQLException {
    return connect(database);
  }

  private static Connection connect(EmbeddedDatabase database) throws SQLException {
    DatabaseUrl url = DatabaseUrl.parse(database.url());
    return DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
  }

  private static JdbcClient jdbc(Connection connection) {
    return JdbcClient.create(new SingleConnectionDataSource(connection, true));
  }
}
