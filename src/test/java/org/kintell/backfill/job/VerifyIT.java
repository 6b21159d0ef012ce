package org.kintell.backfill.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What came of a job is counted anew whenever somebody asks, and whatever is wrong is named. */
@IntegrationTest
@Chunks(rows = 5)
@ExtendWith(OutputCaptureExtension.class)
class VerifyIT {

  private static final int ROWS = 100;

  /** Every tenth row is bad, and the last three repeat the first. */
  private static final byte[] FILE =
      (new String(SessionFiles.withBadRows(ROWS - 3, row -> row % 10 == 0))
              + SessionFiles.row("S-1", "5").repeat(3))
          .getBytes();

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void aJobAddsUpBeforeItRunsAndAfterwards() {
    String job = client.start("sessions.csv", FILE).jobId();

    JsonNode before = verify(job);
    assertThat(before.path("consistent").asBoolean()).as(before.toString()).isTrue();
    assertThat(before.path("totalRows").asInt()).isEqualTo(ROWS);
    assertThat(before.path("plannedRows").asInt()).isEqualTo(ROWS);
    assertThat(before.path("processedRows").asInt()).isZero();
    assertThat(before.path("chunksLoaded").asInt()).isZero();

    client.resume(job);

    JsonNode after = verify(job);
    assertThat(after.path("consistent").asBoolean()).as(after.toString()).isTrue();
    assertThat(after.path("problems")).isEmpty();
    assertThat(after.path("status").asText()).isEqualTo("completed");
    assertThat(after.path("processedRows").asInt()).isEqualTo(ROWS);
    assertThat(after.path("successfulRows").asInt()).isEqualTo(88);
    assertThat(after.path("failedRows").asInt()).isEqualTo(12);
    assertThat(after.path("sessions").asInt()).isEqualTo(88);
    assertThat(after.path("rejects").asInt()).isEqualTo(12);
    assertThat(after.path("removedOutside").asInt()).isZero();
    assertThat(after.path("chunks").asInt()).isEqualTo(after.path("chunksLoaded").asInt());
    assertThat(after.path("eventsPublished").asInt() + after.path("eventsPending").asInt())
        .isEqualTo(88);
  }

  @Test
  void aJobWithoutRowsAddsUp() {
    String job = client.start("sessions.csv", SessionFiles.HEADER).jobId();

    assertThat(verify(job).path("consistent").asBoolean()).isTrue();
  }

  @Test
  void anUnknownJobIsNotFound() {
    assertThat(client.get("/import/backfill/" + UUID.randomUUID() + "/verify").status())
        .isEqualTo(404);
  }

  @Test
  void sessionsRemovedByHandAreSeen() {
    String job = imported();
    jdbc.sql("DELETE FROM kintell_sessions WHERE source_row IN (1, 55)").update();

    JsonNode verification = verify(job);

    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
    assertThat(verification.path("removedOutside").asInt()).isEqualTo(2);
    assertThat(verification.path("sessions").asInt()).isEqualTo(86);
  }

  /** Past the foreign keys, as a restored table may be. */
  @Test
  void sessionsWithoutTheirUsersAreNamed() {
    String job = imported();
    jdbc.sql(
            """
            SET session_replication_role = replica;
            DELETE FROM users WHERE email = '%s';
            SET session_replication_role = origin
            """
                .formatted(SessionFiles.VOLUNTEER))
        .update();

    JsonNode verification = verify(job);

    assertThat(verification.path("sessionsWithoutUsers").asInt()).isEqualTo(88);
    assertThat(verification.path("consistent").asBoolean()).isFalse();
    assertThat(verification.path("problems"))
        .extracting(JsonNode::asText)
        .containsExactly("88 sessions lack their participant or volunteer in users");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          UPDATE kintell_sessions SET source_row = 10 WHERE source_row = 11 | 1 sessions carry the job's id that no loaded chunk counts
          UPDATE kintell_sessions SET source_row = 10 WHERE source_row = 11 | 1 rows are both imported and rejected
          UPDATE kintell_sessions SET source_row = 101 WHERE source_row = 11 | 1 sessions or rejects are of rows that are in no chunk
          UPDATE kintell_sessions SET source_row = NULL WHERE source_row = 11 | 1 sessions or rejects are of rows that are in no chunk
          UPDATE kintell_sessions SET source_row = 98 WHERE source_row = 1 | 1 sessions carry the job's id that no loaded chunk counts
          DELETE FROM backfill_rejects WHERE source_row = 10 | 1 chunks count other rejects than are stored
          UPDATE backfill_chunks SET successful = successful - 1, failed = failed + 1 WHERE chunk_no = 2 | 1 chunks count other rejects than are stored
          DELETE FROM backfill_chunks WHERE chunk_no = 2 | The file has 100 rows, but its chunks hold 95
          DELETE FROM backfill_chunks WHERE chunk_no = 2 | Rows are in no chunk or in two, at 1 places of the plan
          UPDATE backfill_chunks SET start_offset = start_offset + 1 WHERE chunk_no = 2 | Rows are in no chunk or in two, at 1 places of the plan
          UPDATE backfill_chunks SET aside_rows = '{98,99}' WHERE tail | 1 chunks hold other rows than they count
          UPDATE backfill_chunks SET state = 'pending', loaded_at = NULL WHERE chunk_no = 2 | 1 chunks are published but not loaded
          UPDATE backfill_jobs SET processed_rows = 99 | The job reports 99 rows processed, but 88 successful and 12 failed
          UPDATE backfill_jobs SET successful_rows = 89, processed_rows = 101 | The job reports 89 rows successful and 12 failed, its chunks only 88 and 12
          UPDATE backfill_jobs SET successful_rows = 87, processed_rows = 99 | The job is completed with 99 of 100 rows processed
          """)
  void whatDoesNotAddUpIsNamed(String tampering, String problem, CapturedOutput log) {
    String job = imported();
    await().until(() -> verify(job).path("eventsPending").asInt() == 0);
    jdbc.sql(tampering).update();

    JsonNode verification = verify(job);

    assertThat(verification.path("consistent").asBoolean()).isFalse();
    assertThat(verification.path("problems"))
        .extracting(JsonNode::asText)
        .anyMatch(p -> p.startsWith(problem));
    assertThat(log).contains("Job does not add up, jobId: " + job + ": ", problem);
  }

  @Test
  void aJobThatDoesNotAddUpFailsInsteadOfCompletingAndSaysSo() {
    String job = client.start("sessions.csv", FILE).jobId();
    jdbc.sql(
            """
            INSERT INTO backfill_rejects
              (job_id, source_row, chunk_no, raw, raw_offset, raw_length, causes, message)
            VALUES (?, 1, 0, '', 0, 0, '{}', 'from elsewhere')
            """)
        .param(UUID.fromString(job))
        .update();

    JsonNode failed = client.resume(job).json();

    assertThat(failed.path("status").asText()).isEqualTo("failed");
    assertThat(failed.path("message").asText())
        .contains("does not add up", "1 chunks count other rejects", "/verify", "resume");

    jdbc.sql("DELETE FROM backfill_rejects WHERE message = 'from elsewhere'").update();

    assertThat(client.resume(job).json().path("status").asText()).isEqualTo("completed");
    assertThat(verify(job).path("consistent").asBoolean()).isTrue();
  }

  private String imported() {
    JsonNode status = client.importFile("sessions.csv", FILE);
    assertThat(status.path("status").asText()).isEqualTo("completed");
    return status.path("jobId").asText();
  }

  private JsonNode verify(String job) {
    var answer = client.get("/import/backfill/" + job + "/verify");
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json();
  }
}
