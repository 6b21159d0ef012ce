package org.kintell.backfill.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.test.context.TestPropertySource;

/** Files and rejects are removed after the retention period; the job and its counts stay. */
@IntegrationTest
@TestPropertySource(properties = {"BACKFILL_RETENTION_DAYS=7", "backfill.purge-period=200"})
class RetentionIT {

  private static final byte[] FILE = SessionFiles.withBadRows(20, row -> row % 5 == 0);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired BackfillSettings settings;
  @Autowired JdbcClient jdbc;
  @Autowired DataSource dataSource;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void anOldJobKeepsItsCountsOnly() {
    String job = imported();
    await().until(() -> client.status(job).json().path("eventsPending").asInt() == 0);
    JsonNode before = client.status(job).json();
    assertThat(stored(job)).exists();
    age(job, 8);

    await().until(() -> client.errors(job).status() == 410);

    assertThat(stored(job)).doesNotExist();
    assertThat(rejects(job)).isZero();
    assertProblem(client.errors(job), 410, "job-purged", job, "new job");
    assertThat(client.status(job).json().has("errorFilePath")).isFalse();
    JsonNode report = client.get("/import/backfill/" + job + "/report").json();
    assertThat(Instant.parse(report.path("purgedAt").asText())).isBefore(Instant.now());
    assertThat(report.has("keptUntil")).isFalse();
    assertThat(withoutTimes(client.status(job).json())).isEqualTo(withoutTimes(before));
    assertThat(sessions.ids()).hasSize(16);
    JsonNode verification = client.get("/import/backfill/" + job + "/verify").json();
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
    assertThat(verification.path("failedRows").asInt()).isEqualTo(4);
    assertThat(verification.path("rejects").asInt()).isZero();
    assertThat(Path.of(before.path("errorFilePath").asText())).doesNotExist();
    assertProblem(client.resume(job), 409, "wrong-state", "completed");
  }

  @Test
  void anOldJobThatIsSetToFailedCannotGoOn() {
    String job = imported();
    age(job, 8);
    await().until(() -> client.errors(job).status() == 410);
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed'").update();

    assertProblem(client.resume(job), 410, "job-purged", job);
    assertProblem(client.resume(job, "sessions.csv", FILE), 410, "job-purged", job);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cancelled", "rolled_back"})
  void aJobThatWasGivenUpIsOverToo(String status) {
    String job = client.start("sessions.csv", FILE).jobId();
    assertThat(stored(job)).exists();
    jdbc.sql("UPDATE backfill_jobs SET status = ?").param(status).update();
    age(job, 8);

    await().until(() -> !Files.exists(stored(job)));

    assertThat(client.status(job).json().path("totalRows").asInt()).isEqualTo(20);
  }

  @Test
  void aJobThatNobodyEverStartedIsGivenUpWithItsFile() {
    String job = client.start("sessions.csv", FILE).jobId();
    age(job, 6);
    String due = imported();
    age(due, 8);
    await().until(() -> client.errors(due).status() == 410);
    assertThat(stored(job)).exists();

    age(job, 2);

    await().until(() -> !Files.exists(stored(job)));
    JsonNode status = client.status(job).json();
    assertThat(status.path("status").asText()).isEqualTo("cancelled");
    assertThat(status.path("message").asText()).contains("nobody started it", "new job");
    assertProblem(client.resume(job), 409, "wrong-state", "new job");
  }

  /** The last one is due, so the purge has checked the others. */
  @Test
  void aYoungOrResumableJobIsKept() {
    String young = imported();
    String paused = client.start("sessions.csv", FILE).jobId();
    client.ask(paused, "pause");
    String failed = client.importFile("sessions.csv", FILE).path("jobId").asText();
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed' WHERE id = ?")
        .param(UUID.fromString(failed))
        .update();
    String due = client.importFile("sessions.csv", FILE).path("jobId").asText();
    age(young, 6);
    age(paused, 100);
    age(failed, 100);
    age(due, 100);

    await().until(() -> client.errors(due).status() == 410);

    assertThat(stored(young)).exists();
    assertThat(rejects(young)).isEqualTo(4);
    assertThat(stored(paused)).exists();
    assertThat(client.resume(paused).status()).isEqualTo(200);
    assertThat(stored(failed)).exists();
    assertThat(client.resume(failed).status()).isEqualTo(200);
  }

  @Test
  void aJobWithoutRejectsHasNoErrorFileAsEver() {
    String job = client.importFile("sessions.csv", SessionFiles.good(3)).path("jobId").asText();
    age(job, 8);
    await().until(() -> !Files.exists(stored(job)));
    assertProblem(client.errors(job), 404, "no-rejects");
  }

  @Test
  void aJobThatIsRemovedByHandTakesItsRejectsAlong() {
    String removed = imported();
    String other = client.importFile("sessions.csv", FILE).path("jobId").asText();

    jdbc.sql("DELETE FROM backfill_jobs WHERE id = ?").param(UUID.fromString(removed)).update();

    assertThat(rejects(removed)).isZero();
    assertThat(rejects(other)).isEqualTo(20);

    jdbc.sql("TRUNCATE backfill_jobs CASCADE").update();

    assertThat(rejects(other)).isZero();
  }

  /**
   * Rejects have no foreign key to their job, so the deletion of a job must wait for its chunks.
   */
  @Test
  void aJobThatIsRemovedWhileAChunkIsWrittenLeavesNoRejects() throws SQLException {
    String job = client.start("sessions.csv", FILE).jobId();
    try (Connection writer = dataSource.getConnection()) {
      JdbcClient chunk = JdbcClient.create(new SingleConnectionDataSource(writer, true));
      writer.setAutoCommit(false);
      chunk.sql("SELECT FROM backfill_chunks FOR UPDATE").query().listOfRows();
      CompletableFuture<Integer> removal =
          CompletableFuture.supplyAsync(() -> jdbc.sql("DELETE FROM backfill_jobs").update());
      await().until(this::somebodyWaitsForALock);
      chunk
          .sql(
              """
              INSERT INTO backfill_rejects
                (job_id, source_row, chunk_no, raw_offset, raw_length, causes, message)
              SELECT id, 1, 1, 0, 0, '{}', '' FROM backfill_jobs
              """)
          .update();
      writer.commit();
      assertThat(removal.join()).isOne();
    }

    assertThat(rejects(job)).isZero();
  }

  private boolean somebodyWaitsForALock() {
    return jdbc.sql("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        .query(Boolean.class)
        .single();
  }

  /** Another process may be removing its file, or a person may be changing it in SQL. */
  @Test
  void aJobThatSomebodyIsAtIsLeftToThemAndHoldsUpNoOther() throws SQLException {
    String held = imported();
    String due = client.importFile("sessions.csv", FILE).path("jobId").asText();
    try (Connection other = dataSource.getConnection()) {
      other.setAutoCommit(false);
      other
          .createStatement()
          .execute("SELECT FROM backfill_jobs WHERE id = '" + held + "' FOR UPDATE");
      // Through the other connection, because this one would wait for itself.
      age(JdbcClient.create(new SingleConnectionDataSource(other, true)), held, 8);
      age(due, 8);
      await().until(() -> client.errors(due).status() == 410);
      assertThat(stored(held)).exists();
      other.commit();
    }
    await().until(() -> client.errors(held).status() == 410);
    assertThat(stored(held)).doesNotExist();
  }

  /** The jobs that {@link #age} changes. */
  private static JsonNode withoutTimes(JsonNode status) {
    return ((ObjectNode) status.deepCopy())
        .without(List.of("createdAt", "startedAt", "completedAt", "errorFilePath"));
  }

  private String imported() {
    JsonNode end = client.importFile("sessions.csv", FILE);
    assertThat(end.path("status").asText()).isEqualTo("completed");
    return end.path("jobId").asText();
  }

  /** As if so many days had passed since the job was last touched. */
  private void age(String job, int days) {
    age(jdbc, job, days);
  }

  private static void age(JdbcClient database, String job, int days) {
    database
        .sql(
            """
            UPDATE backfill_jobs
               SET created_at = created_at - make_interval(days => :days),
                   started_at = started_at - make_interval(days => :days),
                   completed_at = completed_at - make_interval(days => :days),
                   updated_at = updated_at - make_interval(days => :days)
             WHERE id = :id
            """)
        .param("days", days)
        .param("id", UUID.fromString(job))
        .update();
  }

  private Path stored(String job) {
    return settings.dataDir().resolve("uploads").resolve(job + ".csv");
  }

  private long rejects(String job) {
    return jdbc.sql("SELECT count(*) FROM backfill_rejects WHERE job_id = ?")
        .param(UUID.fromString(job))
        .query(Long.class)
        .single();
  }
}
