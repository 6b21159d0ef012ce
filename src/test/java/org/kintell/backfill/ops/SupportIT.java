package org.kintell.backfill.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;

/** The support bundle, for an engineer without access to the machine. */
@IntegrationTest
class SupportIT {

  @Autowired private BackfillClient client;
  @Autowired private Sessions sessions;

  @Test
  void theActuatorNamesVersionAndCommit() {
    JsonNode info = client.get("/actuator/info").json();
    assertThat(info.at("/build/version").asText()).startsWith("0.");
    assertThat(info.at("/git/commit/id").asText()).isNotEmpty();
  }

  @Test
  void theActuatorSaysHowForeignKeysAreChecked() {
    assertThat(client.get("/actuator/info").json().at("/foreignKeys/check").asText())
        .isEqualTo("chunk");
  }

  @Test
  void theBundleHasWhatHelpsAndNothingOfARow() throws IOException {
    sessions.addUsers("present@example.com");
    String job =
        client
            .importFile(
                "anna-smith.csv",
                """
                session_id,session_type,participant_email,volunteer_email,date,duration_min,rating,feedback_text,language_level
                s-1,Mentorship,missing@example.com,present@example.com,2024-01-15T10:00:00Z,60,5,never tell,A1
                """
                    .getBytes(StandardCharsets.UTF_8))
            .path("jobId")
            .asText();
    LoggerFactory.getLogger("support").info("a line about somebody@example.com");
    BackfillClient.Answer answer = client.get("/actuator/support");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).startsWith("application/zip");
    Map<String, String> files = unzip(answer.bytes());
    assertThat(files.get("version.txt")).contains("commit", "Java");
    assertThat(files.get("health.json")).contains("\"status\":\"UP\"");
    assertThat(files.get("database.txt"))
        .contains("PostgreSQL 18", "migration\t", "max_connections");
    assertThat(files.get("database-sessions.txt")).contains("kintell-connector", "blocked_by");
    assertThat(files.get("jobs.txt")).contains(job, "completed");
    assertThat(files.get("folders.txt")).contains("inbox", "true");
    assertThat(files.get("log.txt")).contains("jobId: " + job, "a line about (e-mail)");
    assertThat(files.get("threads.txt")).contains("http-nio");
    assertThat(files).containsKey("settings.txt");
    assertThat(files.values())
        .noneMatch(text -> text.matches("(?s).*(@example.com|anna-smith|never tell|:postgres@).*"));
  }

  private static Map<String, String> unzip(byte[] zip) throws IOException {
    Map<String, String> files = new HashMap<>();
    try (ZipInputStream entries = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        files.put(
            entry.getName().replaceFirst(".*/", ""),
            new String(entries.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return files;
  }
}
