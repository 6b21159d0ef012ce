package org.kintell.backfill.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.GeneratedFile;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.SessionFiles;

/** Sessions are stored in a table of an older service, with columns of other types. */
class OlderTablesIT {

  private static final GeneratedFile FILE = GeneratedFile.of(300, 8);

  /** Changes the table to an older form. */
  private static final String OTHER_TYPES =
      "ALTER TABLE kintell_sessions ALTER rating TYPE double precision,"
          + " ALTER external_session_id TYPE varchar(300), ALTER source_row TYPE numeric,"
          + " ALTER scheduled_at TYPE timestamp(0)";

  @Test
  void theTableWasThereBeforeTheService() {
    try (Database database = RealParts.newDatabase()) {
      database.jdbc().sql(OTHER_TYPES).update();
      try (ServiceInThisJvm service = new ServiceInThisJvm(database)) {
        assertImported(database, service);
      }
    }
  }

  /** The binary form of rows does not fit after the change. */
  @ParameterizedTest
  @ValueSource(strings = {"rating TYPE real", "duration_minutes TYPE bigint"})
  void aColumnIsChangedWhileTheServiceRuns(String change) {
    try (Database database = RealParts.newDatabase();
        ServiceInThisJvm service = new ServiceInThisJvm(database)) {
      database.jdbc().sql("ALTER TABLE kintell_sessions ALTER " + change).update();
      assertImported(database, service);
    }
  }

  /** Ids that the table returns in another form, and columns that pad. */
  @ParameterizedTest
  @ValueSource(strings = {"citext", "char(40)"})
  void idsAreOfAnotherType(String type) {
    try (Database database = RealParts.newDatabase()) {
      database.jdbc().sql("CREATE EXTENSION citext").update();
      database
          .jdbc()
          .sql(
              "ALTER TABLE kintell_sessions ALTER external_session_id TYPE "
                  + type
                  + ", ALTER session_type TYPE char(20), ALTER language_level TYPE char(4)")
          .update();
      try (ServiceInThisJvm service = new ServiceInThisJvm(database)) {
        database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
        BackfillClient client = service.client();
        assertCounts(client, "reject", SessionFiles.good(50), "successfulRows", 50);
        assertCounts(client, "update", SessionFiles.good(60), "updatedRows", 50);
        assertCounts(client, "skip", SessionFiles.good(60), "skippedRows", 60);
        if (type.equals("citext")) {
          byte[] lower =
              new String(SessionFiles.good(60), StandardCharsets.UTF_8)
                  .replace("S-", "s-")
                  .getBytes(StandardCharsets.UTF_8);
          assertCounts(client, "update", lower, "updatedRows", 60);
          assertCounts(client, "reject", lower, "failedRows", 60);
          assertTheFirstRowOfAnIdWins(client);
        }
        assertThat(
                database
                    .jdbc()
                    .sql("SELECT count(*) FROM kintell_sessions")
                    .query(Long.class)
                    .single())
            .isEqualTo(type.equals("citext") ? 10_060 : 60);
      }
    }
  }

  /** Its repeat, in another case, is in a chunk that is loaded at the same time. */
  private static void assertTheFirstRowOfAnIdWins(BackfillClient client) {
    StringBuilder file = new StringBuilder(SessionFiles.HEADER);
    for (int row = 1; row <= 20_000; row++) {
      file.append(SessionFiles.row((row > 10_000 ? "x-" : "X-") + row % 10_000, "4"));
    }
    String job =
        client
            .importFile("cases.csv", file.toString().getBytes(StandardCharsets.UTF_8))
            .path("jobId")
            .asText();
    assertThat(client.status(job).json().path("successfulRows").asInt()).isEqualTo(10_000);
    assertThat(client.errors(job).text().lines().skip(1)).allMatch(row -> row.startsWith("x-"));
  }

  private static void assertCounts(
      BackfillClient client, String onDuplicate, byte[] file, String count, int expected) {
    BackfillClient.Answer start =
        client.upload(
            "/import/backfill/start?onDuplicate=" + onDuplicate,
            "x.csv",
            new ByteArrayInputStream(file));
    JsonNode status = client.importStarted(start);
    assertThat(status.path("status").asText()).as(status.toString()).isEqualTo("completed");
    assertThat(status.path(count).asInt()).as(status.toString()).isEqualTo(expected);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                client.status(status.path("jobId").asText()).json().path("eventsPending").asInt(-1)
                    == 0);
  }

  private static void assertImported(Database database, ServiceInThisJvm service) {
    BackfillClient client = service.client();
    database.sessions().addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    String job = client.importFile("x.csv", FILE.bytes()).path("jobId").asText();
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("completed");
    assertThat(database.sessions().rowsById()).isEqualTo(FILE.sessions());
    assertThat(client.errors(job).text()).isEqualTo(FILE.errors());
  }
}
