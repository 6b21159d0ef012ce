package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A failure that does not pass ends the job, says what can be done, and loses nothing. */
@IntegrationTest
@ExtendWith(OutputCaptureExtension.class)
class PermanentFailureIT {

  private static final int ROWS = 1_000;
  private static final byte[] FILE = SessionFiles.withBadRows(ROWS, row -> row == 7);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired Database database;
  @Autowired BackfillSettings settings;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void aTableThatWasChanged(CapturedOutput log) {
    String job = client.start("sessions.csv", FILE).jobId();
    jdbc.sql("ALTER TABLE backfill_rejects RENAME COLUMN causes TO reasons").update();
    try {
      assertFailed(client.resume(job).json(), "causes", "tables", "call resume");
      assertThat(log.toString().lines().filter(line -> line.contains(" ERROR ")))
          .as("the cause is in the line, and needs no stack trace")
          .singleElement(InstanceOfAssertFactories.STRING)
          .contains("Job failed, jobId: " + job, "causes", "call resume");
      assertThat(log).doesNotContain("Caused by:");
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
  void whatWasImportedBeforeIsCountedThoughNobodyHasReportedIt() throws SQLException {
    String job = client.start("sessions.csv", SessionFiles.good(11_000)).jobId();
    jdbc.sql(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
              PERFORM pg_advisory_xact_lock(10500);
              RAISE EXCEPTION 'permission denied for table audit'
                USING ERRCODE = 'insufficient_privilege';
            END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON kintell_sessions
              FOR EACH ROW WHEN (NEW.source_row = 10500) EXECUTE FUNCTION refuse()
            """)
        .update();
    int imported;
    JsonNode failed;
    try (Connection other = database.connect();
        Statement lock = other.createStatement()) {
      lock.execute("SELECT pg_advisory_lock(10500)");
      var resumed = CompletableFuture.supplyAsync(() -> client.resume(job));
      // But for a row or two that look like duplicates and are loaded last.
      imported =
          await()
              .until(
                  () -> client.status(job).json().path("processedRows").asInt(),
                  rows -> rows > 9_900);
      jdbc.sql("UPDATE backfill_jobs SET processed_rows = 0, successful_rows = 0").update();
      lock.execute("SELECT pg_advisory_unlock(10500)");
      failed = resumed.join().json();
    } finally {
      jdbc.sql("DROP FUNCTION refuse() CASCADE").update();
    }

    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("processedRows").asInt()).isEqualTo(imported);
    assertThat(failed.path("successfulRows").asInt()).isEqualTo(imported);
    assertThat(sessions.ids()).hasSize(imported);
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

  /** As after a process with a newer Java has created the job. */
  @Test
  void aTimeZoneThatThisJavaDoesNotKnow(CapturedOutput log) {
    String job = client.start("sessions.csv", FILE).jobId();
    jdbc.sql("UPDATE backfill_jobs SET timezone = 'Mars/Olympus_Mons'").update();
    client.resumeWithoutWaiting(job);
    String others = SessionFiles.HEADER + SessionFiles.row("T-1", "4.5");
    JsonNode other = client.importFile("others.csv", others.getBytes(StandardCharsets.UTF_8));
    assertThat(other.path("status").asText()).isEqualTo("completed");

    await().until(() -> client.status(job).json().path("status").asText().equals("failed"));
    assertFailed(
        client.status(job).json(),
        "does not know the time zone Mars/Olympus_Mons.",
        "Run every process of the service with a Java that knows it, then call resume");
    assertThat(client.get("/import/backfill/" + job + "/report").json().path("timezone").asText())
        .isEqualTo("Mars/Olympus_Mons");
    assertThat(log).doesNotContain("No chunk can be claimed", "UnknownZoneException");

    jdbc.sql("UPDATE backfill_jobs SET timezone = 'Europe/Kyiv'").update();
    JsonNode end = client.resume(job).json();
    assertThat(end.path("status").asText()).isEqualTo("completed");
    assertThat(end.path("successfulRows").asInt()).isEqualTo(ROWS - 1);
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
