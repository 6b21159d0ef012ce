package org.kintell.backfill.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.SessionFiles;

/** Imports into databases of other owners, or of the first version. */
class OwnedByOthersIT {

  private static final String ROW =
      "%s-%d,Mentorship,%s@example.com,volunteer@example.com,2024-01-15T10:00:00Z,%s,5,Good,B1\n";

  /** Users are a view, the role may only read them, and its defaults would end every import. */
  @Test
  void usersAreAViewAndTheDefaultsOfTheRoleAreHostile() {
    try (Database database = RealParts.emptyDatabase()) {
      String role = database.name() + "_reader";
      database
          .jdbc()
          .sql(
              """
              CREATE TABLE people (id uuid PRIMARY KEY, email text);
              CREATE VIEW users AS SELECT * FROM people;
              CREATE ROLE {role} LOGIN;
              GRANT CREATE ON SCHEMA public TO {role};
              GRANT SELECT ON users TO {role};
              ALTER ROLE {role} SET statement_timeout = '40ms';
              ALTER ROLE {role} SET idle_session_timeout = '1s';
              ALTER ROLE {role} SET idle_in_transaction_session_timeout = '10ms';
              ALTER ROLE {role} SET lock_timeout = '1ms';
              ALTER ROLE {role} SET default_transaction_isolation = 'serializable';
              ALTER ROLE {role} SET TimeZone = 'Asia/Kathmandu';
              ALTER ROLE {role} SET DateStyle = 'SQL, DMY';
              ALTER ROLE {role} SET IntervalStyle = 'sql_standard';
              ALTER ROLE {role} SET bytea_output = 'escape';
              ALTER ROLE {role} SET client_encoding = 'LATIN1';
              ALTER ROLE {role} SET synchronous_commit = off
              """
                  .replace("{role}", role))
          .update();
      addPerson(database, SessionFiles.PARTICIPANT);
      addPerson(database, SessionFiles.VOLUNTEER);
      String url = database.url().replace("postgres:postgres@", role + ":any@");
      try (ServiceInThisJvm service = new ServiceInThisJvm(url)) {
        database
            .jdbc()
            .sql(
                """
                CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END $$;
                CREATE TRIGGER slow BEFORE INSERT ON kintell_sessions EXECUTE FUNCTION slow()
                """)
            .update();
        BackfillClient client = service.client();
        JsonNode status = client.importFile("x.csv", SessionFiles.good(500));
        assertThat(status.path("successfulRows").asInt()).as(status.toString()).isEqualTo(500);

        String report = "/import/backfill/" + status.path("jobId").asText() + "/report";
        assertThat(client.get(report).json().at("/foreignKeys/none").asInt()).isEqualTo(1);

        // A cached user that was deleted: no foreign key reports it.
        database.jdbc().sql("DELETE FROM kintell_sessions").update();
        database
            .jdbc()
            .sql("DELETE FROM people WHERE email = ?")
            .param(SessionFiles.PARTICIPANT)
            .update();
        JsonNode again = client.importFile("y.csv", SessionFiles.good(500));
        assertThat(again.path("failedRows").asInt()).as(again.toString()).isEqualTo(500);
        assertThat(client.errors(again.path("jobId").asText()).text())
            .contains("Participant not found");
      } finally {
        database.jdbc().sql("DROP OWNED BY " + role + " CASCADE; DROP ROLE " + role).update();
      }
    }
  }

  private static void addPerson(Database database, String email) {
    database
        .jdbc()
        .sql("INSERT INTO people (id, email) VALUES (gen_random_uuid(), ?)")
        .param(email)
        .update();
  }

  @Test
  void aDatabaseOfTheFirstVersionGoesOn() throws IOException, SQLException {
    try (Database database = RealParts.emptyDatabase()) {
      load("/database/first-version.sql", database);
      try (ServiceInThisJvm service = new ServiceInThisJvm(database)) {
        BackfillClient client = service.client();
        String over = "c9e40c1d-4169-488e-88b2-03a2a5afd09f";
        assertThat(client.status(over).json().path("status").asText()).isEqualTo("completed");
        assertThat(client.errors(over).text().lines()).hasSize(3);
        String verify = "/import/backfill/" + over + "/verify";
        assertThat(client.get(verify).json().path("consistent").asBoolean()).isTrue();

        JsonNode resumed =
            client.resume("b0adc419-f426-4921-9f7e-50dea1d6cbc2", "new.csv", file("new")).json();
        assertThat(resumed.path("status").asText()).as(resumed.toString()).isEqualTo("completed");
        assertThat(resumed.path("successfulRows").asInt()).isEqualTo(3);
        assertThat(resumed.path("failedRows").asInt()).isEqualTo(2);
      }
      assertThat(schema(database)).containsExactlyElementsOf(freshSchema());
      new ServiceInThisJvm(database).close();
    }
  }

  @Test
  void aDatabaseWithTheFormerMigrationsGoesOn() throws IOException, SQLException {
    try (Database database = RealParts.emptyDatabase()) {
      load("/database/version-17.sql", database);
      try (ServiceInThisJvm service = new ServiceInThisJvm(database)) {
        BackfillClient client = service.client();
        String over = "1ad2e2bf-10fa-4da0-9b5e-af3bdf5c144d";
        assertThat(client.status(over).json().path("status").asText()).isEqualTo("completed");
        assertThat(client.errors(over).text().lines()).hasSize(5);
        JsonNode verify = client.get("/import/backfill/" + over + "/verify").json();
        assertThat(verify.path("consistent").asBoolean()).as(verify.toString()).isTrue();
        JsonNode report = client.get("/import/backfill/" + over + "/report").json();
        assertThat(report.path("history").findValuesAsText("action"))
            .startsWith("uploaded", "started", "running", "completed");

        byte[] file =
            Files.readString(Path.of("samples/kintell_sessions.csv"))
                .replace("kintell-session-", "pending-")
                .getBytes(StandardCharsets.UTF_8);
        JsonNode resumed =
            client.resume("3556b038-719e-43ba-a142-a57653f8d5ca", "new.csv", file).json();
        assertThat(resumed.path("status").asText()).as(resumed.toString()).isEqualTo("completed");
        assertThat(resumed.path("successfulRows").asInt()).isEqualTo(8);
      }
      assertThat(schema(database)).containsExactlyElementsOf(freshSchema());
    }
  }

  private static List<String> freshSchema() {
    try (Database database = RealParts.newDatabase()) {
      return schema(database);
    }
  }

  /** Columns, indexes, constraints, triggers and functions of the service, in any order. */
  private static List<String> schema(Database database) {
    return database
        .jdbc()
        .sql(
            """
            SELECT format('%s.%s %s %s %s', class.relname, attname, format_type(atttypid, atttypmod),
                          attnotnull, pg_get_expr(adbin, adrelid))
              FROM pg_class AS class
              JOIN pg_attribute ON attrelid = class.oid AND attnum > 0 AND NOT attisdropped
              LEFT JOIN pg_attrdef ON adrelid = class.oid AND adnum = attnum
             WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
               AND relname NOT LIKE '%schema_history'
             UNION ALL
            SELECT indexdef FROM pg_indexes
             WHERE schemaname = 'public' AND tablename NOT LIKE '%schema_history' AND tablename <> 'users'
             UNION ALL
            SELECT conrelid::regclass || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
             WHERE connamespace = 'public'::regnamespace
               AND conrelid::regclass::text NOT LIKE '%schema_history'
             UNION ALL
            SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL
            SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
             ORDER BY 1""")
        .query(String.class)
        .list();
  }

  private static void load(String dump, Database database) throws IOException, SQLException {
    String sql =
        new String(
            OwnedByOthersIT.class.getResourceAsStream(dump).readAllBytes(), StandardCharsets.UTF_8);
    try (Connection connection = DriverManager.getConnection(RealParts.jdbcUrl(database.name()))) {
      connection.createStatement().execute(sql);
    }
  }

  /** The file of the pending job in the dump. */
  private static byte[] file(String name) {
    StringBuilder file = new StringBuilder(GeneratedFile.HEADER + "\n");
    for (int row = 1; row <= 5; row++) {
      file.append(
          ROW.formatted(name, row, row == 4 ? "nobody" : "participant", row == 5 ? "x" : "60"));
    }
    return file.toString().getBytes(StandardCharsets.UTF_8);
  }
}
