package org.kintell.backfill.load.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Whether users are locked once per chunk or checked row by row, an import does the same. */
@IntegrationTest
class UserKeysIT {

  private static final int ROWS = 100;
  private static final UUID OTHER_ID = UUID.fromString("00000000-0000-4000-8000-000000000001");
  private static final String DELETE =
      "DELETE FROM users WHERE email = '" + SessionFiles.PARTICIPANT + "'";
  private static final String CHANGE_ID =
      "UPDATE users SET id = '%s' WHERE email = '%s'".formatted(OTHER_ID, SessionFiles.PARTICIPANT);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired Database database;
  @Autowired BackfillSettings settings;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @AfterEach
  void dropTriggers() {
    jdbc.sql("DROP FUNCTION IF EXISTS nothing() CASCADE").update();
    jdbc.sql("DROP FUNCTION IF EXISTS note_session() CASCADE; DROP TABLE IF EXISTS noted").update();
  }

  /** A trigger that does nothing: what it would do, nobody knows. */
  private void check(String way) {
    if (way.equals("row")) {
      jdbc.sql(
              """
              CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN RETURN NULL; END $$;
              CREATE TRIGGER nothing AFTER INSERT ON kintell_sessions EXECUTE FUNCTION nothing()
              """)
          .update();
    }
  }

  /** After the users were looked up, and before the chunk locks or checks them. */
  @ParameterizedTest
  @CsvSource({"chunk, delete", "row, delete", "chunk, change id", "row, change id"})
  void usersThatChangeBeforeTheChunkIsWritten(String way, String change) throws SQLException {
    check(way);
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE kintell_sessions IN SHARE MODE");
      CompletableFuture<JsonNode> end = importing();
      awaitBlockedBy(other);
      try (Connection third = database.connect()) {
        third.createStatement().execute(sql(change));
      }
      other.rollback();

      assertEnd(end.join(), way, change);
    }
  }

  /** While the chunk waits for the other session's transaction. */
  @ParameterizedTest
  @CsvSource({
    "chunk, delete,    true",
    "row,   delete,    true",
    "chunk, change id, true",
    "row,   change id, true",
    "chunk, delete,    false",
    "row,   delete,    false",
    "chunk, change id, false",
    "row,   change id, false"
  })
  void usersThatChangeWhileTheChunkIsWritten(String way, String change, boolean committed)
      throws SQLException {
    check(way);
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute(sql(change));
      CompletableFuture<JsonNode> end = importing();
      awaitBlockedBy(other);
      if (committed) {
        other.commit();
      } else {
        other.rollback();
      }

      assertEnd(end.join(), way, committed ? change : "nothing");
    }
  }

  /** A later change of a user waits for the commit of the chunk, and the keys refuse it. */
  @ParameterizedTest
  @CsvSource({"chunk, delete", "row, delete", "chunk, change id", "row, change id"})
  void usersThatChangeAfterTheChunkIsWritten(String way, String change) throws SQLException {
    check(way);
    database.holdUpWhen("NEW.state = 'loaded'");
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      int pid = pid(other);
      CompletableFuture<JsonNode> end = importing();
      CompletableFuture<String> refused;
      try {
        database.awaitHeldUp();
        refused = CompletableFuture.supplyAsync(() -> state(statement, sql(change)));
        await()
            .until(
                () ->
                    jdbc.sql("SELECT cardinality(pg_blocking_pids(?)) > 0")
                        .param(pid)
                        .query(Boolean.class)
                        .single());
      } finally {
        database.letGo();
      }

      assertEnd(end.join(), way, "nothing");
      assertThat(refused.join()).isEqualTo("23503");
    }
  }

  /** The SQLSTATE of a statement that fails; empty where it does not. */
  private static String state(Statement statement, String sql) {
    try {
      statement.execute(sql);
      return "";
    } catch (SQLException e) {
      return e.getSQLState();
    }
  }

  @Test
  void aTriggerThatIsAddedMeanwhileSeesEachRowOfTheChunksAfterIt() throws SQLException {
    database.holdUpWhen("NEW.state = 'loaded'");
    CompletableFuture<JsonNode> end = importing(SessionFiles.good(30_000));
    CompletableFuture<String> added;
    try (Connection other = database.connect();
        Statement statement = other.createStatement()) {
      int pid = pid(other);
      try {
        database.awaitHeldUp();
        added =
            CompletableFuture.supplyAsync(
                () ->
                    state(
                        statement,
                        """
                        CREATE TABLE noted (id uuid);
                        CREATE FUNCTION note_session() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN INSERT INTO noted VALUES (NEW.id); RETURN NULL; END $$;
                        CREATE TRIGGER note_session AFTER INSERT ON kintell_sessions
                          FOR EACH ROW EXECUTE FUNCTION note_session()
                        """));
        await()
            .until(
                () ->
                    jdbc.sql("SELECT cardinality(pg_blocking_pids(?)) > 0")
                        .param(pid)
                        .query(Boolean.class)
                        .single());
      } finally {
        database.letGo();
      }
      assertThat(added.join()).isEmpty();
    }

    JsonNode status = end.join();
    assertThat(status.path("successfulRows").asInt()).as(status.toString()).isEqualTo(30_000);
    JsonNode checked = report(status).path("foreignKeys");
    assertThat(checked.path("chunk").asInt()).isPositive();
    assertThat(checked.path("row").asInt()).isPositive();
    assertThat(
            jdbc.sql(
                    """
                    SELECT count(*) FROM kintell_sessions AS session
                      JOIN backfill_chunks AS chunk
                        ON session.source_row BETWEEN first_row AND first_row + row_span - 1
                     WHERE (foreign_keys = 'row')
                           <> EXISTS (SELECT FROM noted WHERE noted.id = session.id)
                    """)
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void aJobEndsInTheSameDatabaseEitherWay() {
    GeneratedFile file = GeneratedFile.of(6_000, 23);
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    JsonNode byChunk = client.importFile("x.csv", file.bytes());
    List<Map<String, Object>> imported = sessions.imported();
    assertThat(report(byChunk).path("foreignKeys").path("row").isMissingNode()).isTrue();
    jdbc.sql("DELETE FROM kintell_sessions").update();

    check("row");
    JsonNode byRow = client.importFile("x.csv", file.bytes());
    assertThat(report(byRow).path("foreignKeys").path("chunk").isMissingNode()).isTrue();
    assertThat(sessions.imported()).hasSize(file.sessions().size()).isEqualTo(imported);
    assertThat(client.errors(byRow.path("jobId").asText()).text())
        .isEqualTo(client.errors(byChunk.path("jobId").asText()).text())
        .isEqualTo(file.errors());
  }

  /** What else an INSERT would do, or what the role may not, is left to the keys. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SELECT                                                                              |
          CREATE RULE more AS ON INSERT TO kintell_sessions DO ALSO SELECT 1                  | kintell_sessions has the rule more
          ALTER TABLE kintell_sessions ADD UNIQUE (id, job_id) DEFERRABLE                     | kintell_sessions has the trigger Unique
          ALTER TABLE kintell_sessions DISABLE TRIGGER ALL                                    | kintell_sessions lacks an enabled foreign key
          ALTER TABLE kintell_sessions ADD FOREIGN KEY (job_id) REFERENCES backfill_jobs      | kintell_sessions has the trigger RI_
          ALTER TABLE users ENABLE ROW LEVEL SECURITY                                         | users has row-level security
          SET LOCAL session_replication_role = local                                          | session_replication_role is local
          SET LOCAL ROLE limited                                                              | limited may not lock users
          GRANT UPDATE (name) ON users TO limited; SET LOCAL ROLE limited                     | limited may not SET session_replication_role
          GRANT UPDATE (name) ON users TO limited; GRANT SET ON PARAMETER session_replication_role TO limited; SET LOCAL ROLE limited |
          """)
  void keysAreCheckedRowByRowWhereTheChunkCouldMissSomething(String change, String obstacle)
      throws SQLException {
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      connection.createStatement().execute("CREATE ROLE limited; " + change);
      JdbcTemplate template = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
      UserKeys keys = new UserKeys(template, null, new SessionTableMetadata(template), settings);
      if (obstacle == null) {
        assertThat(keys.obstacle()).isNull();
        assertThat(keys.current()).isEqualTo(UserKeys.Check.CHUNK);
      } else {
        assertThat(keys.obstacle()).startsWith(obstacle);
        assertThat(keys.current()).isEqualTo(UserKeys.Check.ROW);
      }
      connection.rollback();
    }
  }

  private static String sql(String change) {
    return change.equals("delete") ? DELETE : CHANGE_ID;
  }

  private CompletableFuture<JsonNode> importing() {
    return importing(SessionFiles.good(ROWS));
  }

  private CompletableFuture<JsonNode> importing(byte[] file) {
    return CompletableFuture.supplyAsync(() -> client.importFile("sessions.csv", file));
  }

  private void awaitBlockedBy(Connection other) throws SQLException {
    int pid = pid(other);
    await()
        .until(
            () ->
                jdbc.sql(
                        "SELECT count(*) > 0 FROM pg_stat_activity WHERE ? = ANY (pg_blocking_pids(pid))")
                    .param(pid)
                    .query(Boolean.class)
                    .single());
  }

  private static int pid(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }

  private void assertEnd(JsonNode status, String way, String change) {
    String job = status.path("jobId").asText();
    assertThat(status.path("status").asText()).as(status.toString()).isEqualTo("completed");
    assertThat(report(status).path("foreignKeys"))
        .as(report(status).toString())
        .hasSize(1)
        .allMatch(chunks -> chunks.asInt() == 1);
    assertThat(report(status).path("foreignKeys").has(way)).isTrue();
    List<UUID> participants =
        jdbc.sql("SELECT participant_id FROM kintell_sessions").query(UUID.class).list();
    if (change.equals("delete")) {
      assertThat(participants).isEmpty();
      assertThat(client.errors(job).text().lines().skip(1))
          .hasSize(ROWS)
          .allMatch(line -> line.contains("Participant not found: " + SessionFiles.PARTICIPANT));
    } else {
      assertThat(participants)
          .hasSize(ROWS)
          .containsOnly(
              change.equals("nothing") ? Sessions.userId(SessionFiles.PARTICIPANT) : OTHER_ID);
    }
    JsonNode verification = client.get("/import/backfill/" + job + "/verify").json();
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
    assertThat(verification.path("sessionsWithoutUsers").asInt(-1)).isZero();
  }

  private JsonNode report(JsonNode status) {
    return client.get("/import/backfill/" + status.path("jobId").asText() + "/report").json();
  }
}
