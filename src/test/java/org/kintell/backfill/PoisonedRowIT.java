package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows that keep every rule, but that the database refuses: they are rejects, and nobody else. */
@IntegrationTest
class PoisonedRowIT {

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
  void areFoundAmongAThousand(String poison, String antidote, String reason) {
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
}
