package org.kintell.backfill.load.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.CountedStatements;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which chunks ask for the sessions that exist; those that do not ask find each of them as well.
 */
@IntegrationTest
@Import(CountedStatements.class)
@Chunks(rows = 5, loaders = 1)
class ExistingSessionIdsIT {

  /** The loader's question. */
  private static final String ASKS = "SELECT asked.id";

  /** What a chunk is written with once the key of the table has refused one of its rows. */
  private static final String STAGES = "INSERT INTO kintell_sessions";

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired CountedStatements statements;
  @Autowired JdbcClient jdbc;

  @BeforeEach
  void prepare() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    statements.drain();
  }

  @Test
  void onlyTheFirstChunkLooksUpItsIdsWhereAllSessionsAreNew() {
    JsonNode end = imported("", SessionFiles.good(20));

    assertThat(end.path("successfulRows").asInt()).isEqualTo(20);
    assertStatements(1, 0);
  }

  @Test
  void aLaterDuplicateIsFoundByTheKeyAndTheNextChunksLookUpTheirIds() {
    addSessions("S-7", "S-10", "S-18");

    JsonNode end = imported("", SessionFiles.withBadRows(20, row -> row == 8));

    assertThat(end.path("failedRows").asInt()).isEqualTo(4);
    assertThat(client.errors(end.path("jobId").asText()).text())
        .containsSubsequence(
            "S-7,", ",7,Duplicate key value violates unique constraint: S-7",
            "S-8,", ",8,",
            "S-10,", ",10,Duplicate key value violates unique constraint: S-10",
            "S-18,", ",18,Duplicate key value violates unique constraint: S-18");
    assertThat(sessions.rowsById()).hasSize(19).containsEntry("S-6", 6L).containsEntry("S-9", 9L);
    assertStatements(4, 1);
  }

  @Test
  void aFileThatIsImportedAgainLooksUpAllIdsAndWritesNoChunkTwice() {
    imported("", SessionFiles.good(20));
    statements.drain();

    JsonNode end = imported("", SessionFiles.good(20));

    assertThat(end.path("failedRows").asInt()).isEqualTo(20);
    assertStatements(4, 0);
  }

  @Test
  void everyChunkLooksUpItsIdsWhereDuplicatesAreExpected() {
    addSessions("S-18");

    JsonNode end = imported("?onDuplicate=skip", SessionFiles.good(20));

    assertThat(end.path("skippedRows").asInt()).isEqualTo(1);
    assertStatements(4, 0);
  }

  @Test
  void aDuplicateIsReportedAsOneWhateverElseTheTableRefusesInIt() {
    addSessions("S-7");
    jdbc.sql(
            "ALTER TABLE kintell_sessions ADD CONSTRAINT no_7 CHECK (external_session_id NOT IN ('S-7', 'S-8')) NOT VALID")
        .update();
    try {
      JsonNode end = imported("", SessionFiles.good(20));

      assertThat(client.errors(end.path("jobId").asText()).text().lines().skip(1))
          .satisfiesExactly(
              line -> assertThat(line).contains(",7,Duplicate key value").endsWith(": S-7"),
              line -> assertThat(line).contains(",8,Cannot be stored: violates constraint no_7"));
      assertThat(sessions.rowsById()).hasSize(19);
      assertStatements(4, 2);
    } finally {
      jdbc.sql("ALTER TABLE kintell_sessions DROP CONSTRAINT no_7").update();
    }
  }

  private void addSessions(String... ids) {
    for (String id : ids) {
      sessions.add(id, SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    }
  }

  private JsonNode imported(String parameters, byte[] file) {
    return client.importStarted(
        client.upload(
            "/import/backfill/start" + parameters, "x.csv", new ByteArrayInputStream(file)));
  }

  private void assertStatements(int asking, int staging) {
    List<String> executed = statements.drain();
    assertThat(executed).filteredOn(sql -> sql.contains(ASKS)).hasSize(asking);
    assertThat(executed).filteredOn(sql -> sql.startsWith(STAGES)).hasSize(staging);
  }
}
