package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions go into a table that an older service made, with columns of other types. */
class OlderTablesIT {

  private static final GeneratedFile FILE = GeneratedFile.of(300, 8);

  /** Makes the table an older one. */
  private static final String OTHER_TYPES =
      "ALTER TABLE kintell_sessions ALTER rating TYPE double precision,"
          + " ALTER external_session_id TYPE varchar(300), ALTER source_row TYPE numeric,"
          + " ALTER scheduled_at TYPE timestamp(0)";

  @Test
  void theTableWasThereBeforeTheService() {
    try (Database database = RealParts.newDatabase()) {
      new ServiceInThisJvm(database).close();
      database.jdbc().sql(OTHER_TYPES).update();
      try (ServiceInThisJvm service = new ServiceInThisJvm(database)) {
        assertImported(database, service);
      }
    }
  }

  /** The form in which rows were sent until then does not fit any more. */
  @ParameterizedTest
  @ValueSource(strings = {"rating TYPE real", "duration_minutes TYPE bigint"})
  void aColumnIsChangedWhileTheServiceRuns(String change) {
    try (Database database = RealParts.newDatabase();
        ServiceInThisJvm service = new ServiceInThisJvm(database)) {
      database.jdbc().sql("ALTER TABLE kintell_sessions ALTER " + change).update();
      assertImported(database, service);
    }
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
