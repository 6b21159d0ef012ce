package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Runbook;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Runs the operators' document, command by command. */
@IntegrationTest
@ExtendWith(OutputCaptureExtension.class)
class RunbookIT {

  private static final String START =
      "curl -X POST http://localhost:3002/import/backfill/start -F \"file=@kintell_sessions.csv\" | jq '.'";
  private static final String RESUME =
      "curl -X POST http://localhost:3002/import/backfill/$JOB_ID/resume -F \"file=@kintell_sessions.csv\" | jq '.'";
  private static final String STATUS =
      "curl http://localhost:3002/import/backfill/$JOB_ID/status | jq '.'";
  private static final String ERRORS =
      "curl -o errors.csv http://localhost:3002/import/backfill/$JOB_ID/errors";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @TempDir Path folder;

  private Runbook runbook;

  @BeforeEach
  void sitDown() throws IOException {
    runbook = new Runbook(client, jdbc, folder);
    sessions.addUsers(
        "john@example.com",
        "sarah@example.com",
        "alice@example.com",
        "bob@example.com",
        "charlie@example.com",
        "diana@example.com");
  }

  @Test
  void fromPrerequisitesToTheSecondImport(CapturedOutput log) {
    JsonNode health = runbook.curl("curl http://localhost:3002/health").json();
    assertThat(health.path("status").asText()).isEqualTo("ok");
    assertThat(health.path("service").asText()).isEqualTo("kintell-connector");
    assertThat(Duration.between(Instant.parse(health.path("timestamp").asText()), Instant.now()))
        .isLessThan(Duration.ofMinutes(1));
    assertThat(runbook.query("count-users")).containsExactly(Map.of("count", 6L));

    assertThat(runbook.shell("head -n 5 kintell_sessions.csv")).hasLineCount(5);
    assertThat(runbook.shell("awk -F',' 'NR>1 {print $1}' kintell_sessions.csv | sort | uniq -d"))
        .isEqualTo("kintell-session-001");
    runbook.shell(
        "awk -F',' 'NR>1 {print $3\"\\n\"$4}' kintell_sessions.csv | sort -u > users.txt");
    assertThat(runbook.shell("wc -l < users.txt")).isEqualTo("9");
    assertThat(runbook.query("count-user")).containsExactly(Map.of("count", 1L));

    JsonNode job = startJob();
    assertThat(job.path("fileName").asText()).isEqualTo("kintell_sessions.csv");
    assertThat(job.path("totalRows").asInt()).isEqualTo(9);
    assertThat(job.path("status").asText()).isEqualTo("pending");
    assertThat(job.path("message").asText())
        .isEqualTo("Backfill job created. Call resume endpoint to start processing.");
    assertThat(runbook.query("active-jobs")).hasSize(1);
    assertThat((BigDecimal) runbook.query("active-jobs").get(0).get("percent_complete")).isZero();

    String id = job.path("jobId").asText();
    assertCompleted(runbook.curl(RESUME), id, 9, 3, 6);
    assertCompleted(runbook.curl(STATUS), id, 9, 3, 6);
    assertThat(
            runbook.shell(
                "echo '" + log.getAll().replace("'", "") + "' | grep \"jobId: " + id + "\""))
        .contains("Job created", "Job running", "Job completed")
        .doesNotContain("@");

    assertThat(runbook.curl(ERRORS).header("Content-Disposition"))
        .contains("attachment", "backfill_errors_" + id + ".csv");
    assertThat(runbook.shell("head -n 10 errors.csv")).hasLineCount(7);
    assertThat(runbook.shell("grep \"not found\" errors.csv | wc -l")).isEqualTo("2");
    assertThat(runbook.shell("grep \"Invalid email\" errors.csv | wc -l")).isEqualTo("1");
    assertThat(runbook.shell("awk -F',' 'NR>1 {print $NF}' errors.csv | sort | uniq -c | sort -rn"))
        .hasLineCount(6)
        .contains(
            "1 Participant not found: missing@example.com",
            "1 Duplicate key value violates unique constraint: kintell-session-001",
            "1 Unknown session type: Chat",
            "1 Invalid date format: 17.01.2024");
    assertThat(runbook.shell("sed -n 2p errors.csv"))
        .isEqualTo(
            "kintell-session-004,Language Connect,missing@example.com,sarah@example.com,"
                + "2024-01-17T09:00:00Z,60,5,Good,B1,4,Participant not found: missing@example.com");

    fixAndImportAgain();
  }

  /** As in the document, whose commands lose the first of the failed rows. */
  private void fixAndImportAgain() {
    sessions.addUsers("missing@example.com", "absent@example.com");
    runbook.shell(
        """
        awk -F',' 'NR>1 {print $1,$2,$3,$4,$5,$6,$7,$8,$9}' OFS=',' errors.csv > failed_rows.csv
        head -n 1 kintell_sessions.csv > failed_rows_fixed.csv
        tail -n +2 failed_rows.csv >> failed_rows_fixed.csv
        sed -i -e 's/alice-at-example/alice@example.com/' -e 's/,Chat,/,Mentorship,/' failed_rows_fixed.csv
        """);
    Answer retry =
        runbook.curl(
            "curl -X POST http://localhost:3002/import/backfill/start -F \"file=@failed_rows_fixed.csv\"");
    runbook.export("RETRY_JOB_ID", retry.jobId());
    Answer end =
        runbook.curl(
            "curl -X POST http://localhost:3002/import/backfill/$RETRY_JOB_ID/resume -F \"file=@failed_rows_fixed.csv\"");
    assertCompleted(end, retry.jobId(), 5, 3, 2);
    // The error file can also be sent unchanged.
    runbook.curl(ERRORS);
    JsonNode again = client.importFile("errors.csv", runbook.curl(ERRORS).bytes());
    assertThat(again.path("totalRows").asInt()).isEqualTo(6);
    assertThat(again.path("successfulRows").asInt()).isEqualTo(1);
    assertThat(sessions.rowsById())
        .containsOnlyKeys(
            "kintell-session-001",
            "kintell-session-002",
            "kintell-session-003",
            "kintell-session-004",
            "kintell-session-005",
            "kintell-session-006",
            "kintell-session-008");
  }

  @Test
  void monitoring() {
    startJob();
    runbook.curl(RESUME);
    assertThat(runbook.query("now")).hasSize(1);
    assertThat(runbook.query("one")).hasSize(1);
    assertThat(runbook.query("active-jobs")).isEmpty();
    assertThat(runbook.query("job-history"))
        .singleElement()
        .satisfies(
            job ->
                assertThat(job)
                    .containsEntry("file_name", "kintell_sessions.csv")
                    .containsEntry("status", "completed")
                    .containsEntry("successful_rows", 3L)
                    .containsEntry("failed_rows", 6L)
                    .doesNotContainEntry("completed_at", null));
    assertThat(runbook.query("recent-sessions"))
        .hasSize(3)
        .allSatisfy(
            session -> assertThat(session.get("session_type")).isIn("language", "mentorship"));
    assertThat(runbook.query("sessions-by-date"))
        .singleElement()
        .extracting("sessions")
        .isEqualTo(3L);
    Map<String, Object> today = runbook.query("daily-summary").get(0);
    assertThat(today.get("total_jobs")).isEqualTo(1L);
    assertThat(today.get("total_success").toString()).isEqualTo("3");
    assertThat(today.get("total_failures").toString()).isEqualTo("6");
    assertThat((BigDecimal) today.get("avg_duration_seconds")).isNotNegative();
  }

  @Test
  void recoveryAndRollback() {
    JsonNode job = startJob();
    String id = job.path("jobId").asText();
    assertThat(runbook.update("fail-job")).isOne();
    assertThat(runbook.curl(STATUS).json().path("status").asText()).isEqualTo("failed");
    assertThat(runbook.query("job-after-crash").get(0)).containsEntry("total_rows", 9L);
    assertCompleted(runbook.curl(RESUME), id, 9, 3, 6);
    assertThat(runbook.query("job-after-crash").get(0)).containsEntry("last_processed_row", 9L);

    jdbc.sql("UPDATE kintell_sessions SET created_at = '2024-01-15 12:00:00'").update();
    assertThat(runbook.query("count-sessions-to-roll-back")).containsExactly(Map.of("count", 3L));
    assertThat(runbook.update("roll-back")).isEqualTo(3);
    assertThat(runbook.update("fail-job")).isOne();
    Answer refused = runbook.curl(RESUME);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.json().path("detail").asText()).contains("3 sessions", "as a new job");
    startJob();
    assertThat(runbook.curl(RESUME).json().path("successfulRows").asInt()).isEqualTo(3);
  }

  @Test
  void usersAreValidatedInTheStagingTable() throws IOException {
    for (String[] emails :
        List.of(
            new String[] {"john@example.com", "sarah@example.com"},
            new String[] {"user1@example.com", "user2@example.com"})) {
      jdbc.sql("INSERT INTO staging_csv_table (participant_email, volunteer_email) VALUES (?, ?)")
          .params(List.of(emails))
          .update();
    }
    assertThat(runbook.query("missing-participants"))
        .containsExactly(Map.of("participant_email", "user1@example.com"));
    assertThat(runbook.query("missing-volunteers"))
        .containsExactly(Map.of("volunteer_email", "user2@example.com"));
    assertThat(runbook.update("create-users")).isEqualTo(2);
    assertThat(runbook.update("create-users")).isZero();
    assertThat(runbook.query("missing-participants")).isEmpty();
    assertThat(runbook.query("missing-volunteers")).isEmpty();
  }

  private JsonNode startJob() {
    Answer start = runbook.curl(START);
    assertThat(start.status()).as(start.text()).isEqualTo(201);
    runbook.export("JOB_ID", start.jobId());
    return start.json();
  }

  private static void assertCompleted(Answer answer, String id, int total, int good, int bad) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    JsonNode job = answer.json();
    assertThat(job.path("jobId").asText()).isEqualTo(id);
    assertThat(job.path("totalRows").asInt()).isEqualTo(total);
    assertThat(job.path("processedRows").asInt()).isEqualTo(total);
    assertThat(job.path("successfulRows").asInt()).isEqualTo(good);
    assertThat(job.path("failedRows").asInt()).isEqualTo(bad);
    assertThat(job.path("status").asText()).isEqualTo("completed");
    assertThat(job.path("percentComplete").isNumber()).isTrue();
    assertThat(job.path("percentComplete").asInt()).isEqualTo(100);
    assertThat(job.path("errorFilePath").asText()).endsWith("/backfill_errors_" + id + ".csv");
  }
}
