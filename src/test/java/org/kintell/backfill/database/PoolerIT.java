package org.kintell.backfill.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.PgBouncer;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;

/** A database behind a real pooler. */
class PoolerIT {

  @Test
  void oneInTransactionModeIsRefusedInOneLine() throws Exception {
    try (Database database = RealParts.newDatabase();
        PgBouncer pooler = new PgBouncer(database, "transaction");
        ServiceProcess service = new ServiceProcess(Map.of("DATABASE_URL", pooler.url()))) {
      assertThat(service.launch().awaitExit()).isEqualTo(1);

      List<String> errors =
          Files.readString(service.log()).lines().filter(line -> line.contains(" ERROR ")).toList();
      assertThat(errors)
          .singleElement()
          .asString()
          .contains("Invalid DATABASE_URL", "a pooler in session mode");
    }
  }

  @Test
  void oneInSessionModeServesAnImport() throws Exception {
    try (Database database = RealParts.newDatabase();
        PgBouncer pooler = new PgBouncer(database, "session");
        ServiceInThisJvm service = new ServiceInThisJvm(pooler.url())) {
      database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);

      assertThat(
              service
                  .client()
                  .importFile("sessions.csv", SessionFiles.good(100))
                  .path("successfulRows")
                  .asInt())
          .isEqualTo(100);
    }
  }
}
