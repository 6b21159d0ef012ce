package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A failure that does not pass ends the job, says what can be done, and loses nothing. */
@IntegrationTest
class PermanentFailureIT {

  private static final int ROWS = 1_000;
  private static final byte[] FILE = SessionFiles.withBadRows(ROWS, row -> row == 7);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired BackfillSettings settings;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void aTableThatWasChanged() {
    String job = client.start("sessions.csv", FILE).jobId();
    jdbc.sql("ALTER TABLE backfill_rejects RENAME COLUMN causes TO reasons").update();
    try {
      assertFailed(client.resume(job).json(), "causes", "tables", "call resume");
    } finally {
      jdbc.sql("ALTER TABLE backfill_rejects RENAME COLUMN reasons TO causes").update();
    }

    assertCompleted(client.resume(job).json());
  }

  @Test
  void aRightThatIsLacking() {
    String job = client.start("sessions.csv", FILE).jobId();
    jdbc.sql(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'permission denied for table audit'
              USING ERRCODE = 'insufficient_privilege'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON kintell_sessions
              FOR EACH STATEMENT EXECUTE FUNCTION refuse()
            """)
        .update();
    try {
      assertFailed(client.resume(job).json(), "permission denied", "Grant", "call resume");
    } finally {
      jdbc.sql("DROP FUNCTION refuse() CASCADE").update();
    }

    assertCompleted(client.resume(job).json());
  }

  @Test
  void whatWasImportedBeforeIsCounted() {
    String job = client.start("sessions.csv", SessionFiles.good(11_000)).jobId();
    jdbc.sql(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'permission denied for table audit'
              USING ERRCODE = 'insufficient_privilege'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON kintell_sessions
              FOR EACH ROW WHEN (NEW.source_row = 10500) EXECUTE FUNCTION refuse()
            """)
        .update();
    JsonNode failed;
    try {
      failed = client.resume(job).json();
    } finally {
      jdbc.sql("DROP FUNCTION refuse() CASCADE").update();
    }

    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("processedRows").asInt())
        .isEqualTo(sessions.ids().size())
        .isGreaterThanOrEqualTo(5_000);
  }

  @Test
  void aStoredFileThatIsNotTheOneThatWasIndexed() throws IOException {
    String job = client.start("sessions.csv", FILE).jobId();
    var stored = settings.dataDir().resolve("uploads").resolve(job + ".csv");
    byte[] content = Files.readAllBytes(stored);
    Files.writeString(stored, "something else\n");

    assertFailed(client.resume(job).json(), "planned with 1000 rows", "call resume");

    Files.write(stored, content);
    assertCompleted(client.resume(job).json());
  }

  private static void assertFailed(JsonNode status, String... inMessage) {
    assertThat(status.path("status").asText()).isEqualTo("failed");
    assertThat(status.path("message").asText()).contains(inMessage);
    assertThat(status.path("processedRows").asInt()).isZero();
  }

  private void assertCompleted(JsonNode status) {
    assertThat(status.path("status").asText()).isEqualTo("completed");
    assertThat(status.path("successfulRows").asInt()).isEqualTo(ROWS - 1);
    assertThat(sessions.ids()).hasSize(ROWS - 1);
    String job = status.path("jobId").asText();
    assertThat(
            client.get("/import/backfill/" + job + "/verify").json().path("consistent").asBoolean())
        .isTrue();
  }
}
