package org.kintell.backfill.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A user whom an import has just seen may be gone in the next moment. */
@IntegrationTest
class StaleUsersIT {

  private static final GeneratedFile FILE = GeneratedFile.of(50, 3);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @Test
  void aUserThatWasReplacedIsFoundAgain() {
    importOnce();
    UUID successor = UUID.randomUUID();
    jdbc.sql("INSERT INTO users (id, email) VALUES (?, ?)")
        .params(successor, GeneratedFile.PARTICIPANT)
        .update();

    JsonNode end = client.importFile("x.csv", FILE.bytes());
    assertThat(end.path("successfulRows").asInt())
        .as(end.toString())
        .isEqualTo(FILE.sessions().size());
    assertThat(
            jdbc.sql("SELECT DISTINCT participant_id FROM kintell_sessions")
                .query(UUID.class)
                .list())
        .containsExactly(successor);
  }

  @Test
  void aUserThatWasDeletedIsNotFound() {
    importOnce();
    JsonNode end = client.importFile("x.csv", FILE.bytes());
    assertThat(end.path("status").asText()).isEqualTo("completed");
    assertThat(end.path("successfulRows").asInt()).isZero();
    assertThat(client.errors(end.path("jobId").asText()).text())
        .contains("Participant not found: " + GeneratedFile.PARTICIPANT);
  }

  private void importOnce() {
    sessions.addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    client.importFile("x.csv", FILE.bytes());
    jdbc.sql("DELETE FROM kintell_sessions").update();
    jdbc.sql("DELETE FROM users WHERE email = ?").param(GeneratedFile.PARTICIPANT).update();
  }
}
