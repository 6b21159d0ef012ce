package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;

/** The good rows of a file become sessions, and its bad row is in the error file. */
@IntegrationTest
class FirstImportIT {

  private static final String FILE =
      """
      session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level
      S-1,Language Connect,john@example.com,sarah@example.com,2024-01-15T10:00:00Z,60,5,Excellent session!,B1
      S-2,Mentorship,nobody@example.com,sarah@example.com,2024-01-15T14:00:00Z,45,4,Very helpful,B2
      """;

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;

  @Test
  void importsGoodRowsAndReportsTheBadOne() {
    sessions.addUsers("john@example.com", "sarah@example.com");

    JsonNode status = client.importFile("sessions.csv", FILE.getBytes(StandardCharsets.UTF_8));

    assertThat(status.path("status").asText()).isEqualTo("completed");
    assertThat(status.path("successfulRows").asLong()).isEqualTo(1);
    assertThat(status.path("failedRows").asLong()).isEqualTo(1);
    assertThat(sessions.ids()).containsExactly("S-1");
    String errors = client.errors(status.path("jobId").asText()).text();
    assertThat(errors)
        .endsWith("Very helpful,B2,2,Participant not found: nobody@example.com\n")
        .hasLineCount(2);
    assertThat(Path.of(status.path("errorFilePath").asText())).hasContent(errors);
  }
}
