package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Sessions go into a table that an older service made, with columns of other types. */
class OlderTablesIT {

  private static final GeneratedFile FILE = GeneratedFile.of(300, 8);

  /** Statements that make the table an older one. */
  private static final String VARIANTS =
      "ALTER TABLE kintell_sessions ALTER rating TYPE double precision,"
          + " ALTER external_session_id TYPE varchar(300), ALTER source_row TYPE numeric,"
          + " ALTER scheduled_at TYPE timestamp(0)";

  @Test
  void theTableWasThereBeforeTheService() throws IOException {
    try (Database database = RealParts.newDatabase()) {
      start(database).close();
      database.jdbc().sql(VARIANTS).update();
      try (ConfigurableApplicationContext service = start(database)) {
        assertImported(database, service);
      }
    }
  }

  /** The form in which rows were sent until then does not fit any more. */
  @ParameterizedTest
  @ValueSource(strings = {"rating TYPE real", "duration_minutes TYPE bigint"})
  void aColumnIsChangedWhileTheServiceRuns(String change) throws IOException {
    try (Database database = RealParts.newDatabase();
        ConfigurableApplicationContext service = start(database)) {
      database.jdbc().sql("ALTER TABLE kintell_sessions ALTER " + change).update();
      assertImported(database, service);
    }
  }

  private static void assertImported(Database database, ConfigurableApplicationContext service) {
    int port = service.getEnvironment().getRequiredProperty("local.server.port", int.class);
    BackfillClient client = new BackfillClient(port);
    database.sessions().addUsers(GeneratedFile.PARTICIPANT, GeneratedFile.VOLUNTEER);
    String job = client.importFile("x.csv", FILE.bytes()).path("jobId").asText();
    assertThat(client.status(job).json().path("status").asText()).isEqualTo("completed");
    assertThat(database.sessions().rowsById()).isEqualTo(FILE.sessions());
    assertThat(client.errors(job).text()).isEqualTo(FILE.errors());
  }

  private static ConfigurableApplicationContext start(Database database) throws IOException {
    Path target = Files.createDirectories(Path.of("target", "older-tables"));
    Path folder = Files.createTempDirectory(target, "");
    return SpringApplication.run(
        KintellConnector.class,
        "--server.port=0",
        "--backfill.database-url=" + database.url(),
        "--backfill.events.nats-url=" + RealParts.natsUrl(),
        "--backfill.data-dir=" + folder.resolve("data"),
        "--backfill.inbox-dir=" + folder.resolve("inbox"),
        "--backfill.errors-dir=" + folder);
  }
}
