package org.kintell.backfill.load.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows that keep every rule, but that the database refuses: they are rejects, and nobody else. */
@IntegrationTest
class RowRejectedByDatabaseIT {

  private static final int ROWS = 1_000;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ALTER TABLE kintell_sessions ADD CONSTRAINT no_57 CHECK (external_session_id NOT IN ('S-57', 'S-1000')) | ALTER TABLE kintell_sessions DROP CONSTRAINT no_57 | violates constraint no_57
          CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not, "here"'; END $$; CREATE TRIGGER refuse BEFORE INSERT ON kintell_sessions FOR EACH ROW WHEN (NEW.source_row IN (57, 1000)) EXECUTE FUNCTION refuse() | DROP FUNCTION refuse() CASCADE | not   here
          CREATE INDEX numbers ON kintell_sessions ((1 / (CASE WHEN source_row IN (57, 1000) THEN 0 ELSE 1 END))) | DROP INDEX numbers | division by zero
          CREATE TABLE numbers AS SELECT n FROM generate_series(1::bigint, 999) AS n WHERE n <> 57; ALTER TABLE numbers ADD PRIMARY KEY (n); ALTER TABLE kintell_sessions ADD CONSTRAINT known FOREIGN KEY (source_row) REFERENCES numbers | DROP TABLE numbers CASCADE | violates constraint known
          """)
  void twoRowsAmongAThousandAreFound(String poison, String antidote, String reason) {
    jdbc.sql(poison).update();
    try {
      JsonNode status = client.importFile("sessions.csv", SessionFiles.good(ROWS));

      String job = status.path("jobId").asText();
      assertThat(status.path("status").asText()).isEqualTo("completed");
      assertThat(status.path("successfulRows").asInt()).isEqualTo(ROWS - 2);
      assertThat(sessions.ids()).hasSize(ROWS - 2).doesNotContain("S-57", "S-1000");
      List<String> errors = client.errors(job).text().lines().skip(1).toList();
      assertThat(errors).hasSize(2);
      assertThat(errors.get(0)).startsWith("S-57,").contains(",57,Cannot be stored: " + reason);
      assertThat(errors.get(1)).startsWith("S-1000,");
      JsonNode verification = client.get("/import/backfill/" + job + "/verify").json();
      assertThat(verification.path("consistent").asBoolean()).isTrue();
    } finally {
      jdbc.sql(antidote).update();
    }
  }

  /** More than the locks of the server would allow savepoints. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ADD region text NOT NULL                                | 0    | null value in column  region
          ADD CONSTRAINT few CHECK (source_row % 10 > 2)          | 7000 | violates constraint few
          """)
  void manyRowsAreFoundAtOnce(String change, int imported, String reason) {
    byte[] file = SessionFiles.good(10_000);
    jdbc.sql("ALTER TABLE kintell_sessions " + change).update();
    try {
      long start = System.nanoTime();
      JsonNode status = client.importFile("sessions.csv", file);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
      assertThat(status.path("status").asText()).isEqualTo("completed");
      assertThat(status.path("successfulRows").asInt()).isEqualTo(imported);
      assertThat(status.path("failedRows").asInt()).isEqualTo(10_000 - imported);
      assertThat(client.errors(status.path("jobId").asText()).text().lines().skip(1).limit(1))
          .allMatch(line -> line.contains("Cannot be stored: " + reason));
      assertConsistent(status);
    } finally {
      jdbc.sql("ALTER TABLE kintell_sessions DROP COLUMN IF EXISTS region").update();
      jdbc.sql("ALTER TABLE kintell_sessions DROP CONSTRAINT IF EXISTS few").update();
    }
  }

  /** A table made by others may have smaller types: value and column are named in our words. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          duration_minutes TYPE smallint    | duration_minutes TYPE integer | ,60,  | ,70000, | duration_minutes of kintell_sessions cannot hold 70000
          rating TYPE numeric(3,2)          | rating TYPE numeric           | ,5,F  | ,5,F    |
          feedback_text TYPE varchar(10)    | feedback_text TYPE text       | Fine  | Far too long a text | feedback_text of kintell_sessions cannot hold Far too long a text
          language_level TYPE varchar(1)    | language_level TYPE text      | x     | x       | language_level of kintell_sessions cannot hold B1
          """)
  void aValueBeyondTheTypeIsNamedWithItsColumn(
      String smaller, String back, String replaced, String by, String reason) {
    jdbc.sql("ALTER TABLE kintell_sessions ALTER " + smaller).update();
    try {
      String file = SessionFiles.HEADER + SessionFiles.row("S-1", "5").replace(replaced, by);
      JsonNode status = client.importFile("sessions.csv", file.getBytes(StandardCharsets.UTF_8));
      if (reason == null) {
        assertThat(status.path("successfulRows").asInt()).isEqualTo(1);
      } else {
        assertThat(client.errors(status.path("jobId").asText()).text())
            .endsWith(",1,Cannot be stored: column " + reason + "\n");
      }
    } finally {
      jdbc.sql("DELETE FROM kintell_sessions").update();
      jdbc.sql("ALTER TABLE kintell_sessions ALTER " + back).update();
    }
  }

  /** Only the server can tell which rows a trigger refuses: they are found by halves. */
  @Test
  void manyRowsThatATriggerRefusesAreFound() {
    jdbc.sql(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'none today'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON kintell_sessions
              FOR EACH ROW EXECUTE FUNCTION refuse()
            """)
        .update();
    try {
      JsonNode status = client.importFile("sessions.csv", SessionFiles.good(4_000));

      assertThat(status.path("status").asText()).isEqualTo("completed");
      assertThat(status.path("failedRows").asInt()).isEqualTo(4_000);
      assertConsistent(status);
    } finally {
      jdbc.sql("DROP FUNCTION refuse() CASCADE").update();
    }
  }

  /** The server says that all is well, and has stored less than it was sent. */
  @ParameterizedTest
  @ValueSource(strings = {"reject", "skip", "update"})
  void rowsThatATriggerLeavesOutAreRejects(String onDuplicate) {
    client.importFile("sessions.csv", SessionFiles.good(20));
    jdbc.sql(
            """
            CREATE FUNCTION leave_out() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RETURN NULL; END $$;
            CREATE TRIGGER leave_out BEFORE INSERT ON kintell_sessions
              FOR EACH ROW WHEN (NEW.source_row IN (7, 57, 1000)) EXECUTE FUNCTION leave_out()
            """)
        .update();
    try {
      BackfillClient.Answer start =
          client.upload(
              "/import/backfill/start?onDuplicate=" + onDuplicate,
              "sessions.csv",
              new ByteArrayInputStream(SessionFiles.good(ROWS)));
      JsonNode status = client.importStarted(start);

      String job = status.path("jobId").asText();
      assertThat(status.path("status").asText()).isEqualTo("completed");
      assertThat(status.path("successfulRows").asInt()).isEqualTo(ROWS - 22);
      assertThat(sessions.ids()).hasSize(ROWS - 2).doesNotContain("S-57", "S-1000");
      assertThat(client.errors(job).text().lines().filter(line -> line.contains("a trigger on")))
          .hasSize(onDuplicate.equals("update") ? 3 : 2)
          .anyMatch(line -> line.startsWith("S-57,"))
          .anyMatch(line -> line.startsWith("S-1000,"));
      assertConsistent(status);
      // What is published is what the ledger counts, and what is stored.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> client.status(job).json().path("eventsPending").asInt(-1) == 0);
    } finally {
      jdbc.sql("DROP FUNCTION leave_out() CASCADE").update();
    }
  }

  private void assertConsistent(JsonNode status) {
    String path = "/import/backfill/" + status.path("jobId").asText() + "/verify";
    JsonNode verification = client.get(path).json();
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
  }
}
