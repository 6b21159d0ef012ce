package org.kintell.backfill.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The schema in databases of other services with existing tables. */
class SchemaMigrationIT {

  private static final String USERS =
      "CREATE TABLE users (id uuid PRIMARY KEY, email text UNIQUE, secret text);";

  /** As the service would create it, with the changes of a case. */
  private static final String SESSIONS =
      """
      CREATE TABLE kintell_sessions (
        id uuid, external_session_id text, session_type text, participant_id uuid, volunteer_id uuid,
        scheduled_at timestamptz, completed_at timestamptz, duration_minutes int, created_at timestamptz)
      """;

  private final Database database = RealParts.emptyDatabase();
  private final JdbcClient owner = database.jdbc();
  private final String role = database.name() + "_service";

  @AfterEach
  void drop() {
    database.close();
    RealParts.jdbc().sql("DROP ROLE IF EXISTS " + role).update();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CREATE TABLE users (id bigint, email text)       | users.id is of type bigint; the service needs uuid
          CREATE TABLE users (id uuid, name text)          | users.email is missing
          CREATE TABLE users (id uuid, email bytea)        | users.email is of type bytea
          CREATE VIEW kintell_sessions AS SELECT 1 AS id   | kintell_sessions is a view; the service needs a table
          CREATE TABLE kintell_sessions (id uuid)          | kintell_sessions.external_session_id is missing
          SESSIONS; ALTER TABLE kintell_sessions ALTER id TYPE bigint USING 1 | kintell_sessions.id is of type bigint
          SESSIONS PARTITION BY RANGE (created_at)         | kintell_sessions is partitioned by created_at
          SESSIONS; INSERT INTO kintell_sessions (external_session_id) SELECT 'x' FROM generate_series(1, 2) | 1 values of kintell_sessions.external_session_id stand in it more than once
          """)
  void anUnusableTableIsNamed(String made, String problem) {
    owner.sql(made.replace("SESSIONS", SESSIONS)).update();

    assertThatThrownBy(() -> migrateAs("postgres"))
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining(problem)
        .message()
        .doesNotContain("\n");
    assertThat(tables()).doesNotContain("backfill_jobs", "backfill_schema_history");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SESSIONS PARTITION BY HASH (external_session_id); CREATE TABLE part PARTITION OF kintell_sessions FOR VALUES WITH (MODULUS 1, REMAINDER 0)
          SESSIONS; CREATE UNIQUE INDEX mine ON kintell_sessions (external_session_id)
          CREATE DOMAIN code AS varchar(40); SESSIONS; ALTER TABLE kintell_sessions ALTER external_session_id TYPE code
          CREATE TABLE users (id uuid, email text, PRIMARY KEY (id, email)) PARTITION BY HASH (email)
          CREATE TABLE people (id uuid, email text); CREATE MATERIALIZED VIEW users AS TABLE people
          CREATE TABLE people (id uuid, email text); CREATE VIEW users AS TABLE people
          CREATE SCHEMA app; CREATE TABLE app.users (id uuid, email text); ALTER DATABASE DATABASE SET search_path = public, app
          """)
  void aUsableTableIsUsed(String made) {
    owner
        .sql(
            made.replace("SESSIONS", SESSIONS)
                .replace("DATABASE DATABASE", "DATABASE " + database.name()))
        .update();

    migrateAs("postgres");
    migrateAs("postgres");

    assertThat(tables()).contains("backfill_jobs", "backfill_schema_history", "kintell_sessions");
    assertThat(
            owner
                .sql("SELECT count(*) FROM pg_class WHERE relname = 'users'")
                .query(Long.class)
                .single())
        .isEqualTo(1);
  }

  @Test
  void anotherEncodingIsNamed() {
    String latin = database.name() + "_latin1";
    owner
        .sql(
            "CREATE DATABASE "
                + latin
                + " TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'")
        .update();
    try {
      String url = database.url().replaceAll(".*@", "jdbc:postgresql://");
      assertThatThrownBy(
              () -> migrate(new Sessions(url.replace(database.name(), latin), "postgres")))
          .isInstanceOf(UnusableDatabaseException.class)
          .hasMessageContaining("encoding is LATIN1; the service needs UTF8");
    } finally {
      owner.sql("DROP DATABASE " + latin + " WITH (FORCE)").update();
    }
  }

  @Test
  void rightsToReadUsersAreEnough() {
    makeRole();
    owner.sql(USERS).update();
    assertProblem("may not SELECT users. Run: GRANT SELECT ON users TO " + role);

    owner.sql("GRANT SELECT (id, email) ON users TO " + role).update();
    migrateAs(role);

    assertThat(foreignKeys()).isZero();
    assertThat(tables()).contains("backfill_jobs", "kintell_sessions");
  }

  @Test
  void rightsToReferToUsersAndAReadyIndexAreEnoughForForeignKeys() {
    makeRole();
    owner.sql(USERS + "CREATE INDEX ready ON users (lower(email))").update();
    owner.sql("GRANT SELECT, REFERENCES ON users TO " + role).update();

    migrateAs(role);

    assertThat(foreignKeys()).isEqualTo(2);
    assertThat(
            owner
                .sql("SELECT count(*) FROM pg_indexes WHERE tablename = 'users'")
                .query(Long.class)
                .single())
        .isEqualTo(3);
  }

  @Test
  void sessionsThatBelongToOthers() {
    makeRole();
    owner.sql(USERS + SESSIONS).update();
    owner.sql("GRANT SELECT ON users TO " + role).update();
    assertProblem("kintell_sessions.rating is missing. Add the column as postgres, the owner");

    owner
        .sql(
            "ALTER TABLE kintell_sessions ADD rating numeric, ADD feedback_text text,"
                + " ADD language_level text, ADD job_id uuid, ADD source_row bigint;"
                + "CREATE INDEX ON kintell_sessions (job_id, source_row)")
        .update();
    assertProblem("kintell_sessions.external_session_id has no unique index");
    owner.sql("CREATE UNIQUE INDEX ON kintell_sessions (external_session_id)").update();
    assertProblem("may not SELECT kintell_sessions");
    owner.sql("GRANT SELECT, INSERT, UPDATE, DELETE ON kintell_sessions TO " + role).update();

    migrateAs(role);
  }

  @Test
  void aPolicyThatHidesUsersIsNamed() {
    makeRole();
    owner
        .sql(
            USERS
                + "ALTER TABLE users ENABLE ROW LEVEL SECURITY;"
                + "CREATE POLICY open_only ON users USING (secret IS NULL);"
                + "GRANT SELECT ON users TO "
                + role)
        .update();
    assertProblem(
        "Row-level security of users hides rows from " + role + ". Run: ALTER ROLE " + role);

    owner
        .sql(
            "ALTER TABLE users RENAME TO people; CREATE VIEW users WITH (security_invoker) AS TABLE people")
        .update();
    owner.sql("GRANT SELECT ON users TO " + role).update();
    assertProblem("users cannot be read");

    owner.sql("ALTER ROLE " + role + " BYPASSRLS").update();
    migrateAs(role);
  }

  @Test
  void theHistoryOfAnotherServiceIsLeftAlone() {
    Flyway.configure()
        .dataSource(source("postgres"))
        .locations("classpath:database/another")
        .load()
        .migrate();
    List<String> before = history();

    migrateAs("postgres");

    assertThat(history()).isEqualTo(before).hasSize(1);
    assertThat(tables()).contains("backfill_jobs", "backfill_schema_history", "their_table");
  }

  private List<String> history() {
    return owner
        .sql("SELECT flyway_schema_history::text FROM flyway_schema_history")
        .query(String.class)
        .list();
  }

  private void assertProblem(String problem) {
    assertThatThrownBy(() -> migrateAs(role))
        .isInstanceOf(UnusableDatabaseException.class)
        .hasMessageContaining(problem);
  }

  private long foreignKeys() {
    return owner
        .sql(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confrelid = 'users'::regclass")
        .query(Long.class)
        .single();
  }

  private List<String> tables() {
    return owner
        .sql("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')")
        .query(String.class)
        .list();
  }

  private void makeRole() {
    owner.sql("CREATE ROLE " + role + " LOGIN; GRANT CREATE ON SCHEMA public TO " + role).update();
  }

  private void migrateAs(String user) {
    migrate(source(user));
  }

  private static void migrate(DataSource source) {
    new SchemaMigration()
        .migrate(
            Flyway.configure()
                .dataSource(source)
                .table("backfill_schema_history")
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load());
  }

  private Sessions source(String user) {
    return new Sessions(database.url().replaceAll(".*@", "jdbc:postgresql://"), user);
  }

  /** Connections with the settings of the service's pool. */
  private static final class Sessions extends DriverManagerDataSource {
    Sessions(String url, String user) {
      super(url, user, "any");
    }

    @Override
    public Connection getConnection() throws SQLException {
      Connection connection = super.getConnection();
      try (var statement = connection.createStatement()) {
        statement.execute(SqlFile.read("root/session-settings"));
      }
      return connection;
    }
  }
}
