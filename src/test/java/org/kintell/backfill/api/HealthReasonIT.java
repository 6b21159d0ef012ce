package org.kintell.backfill.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.AccessKey;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.PostgresServer;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.ServiceProcess;

/** Health says why something is away; where it is open, strangers learn no address from it. */
class HealthReasonIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final AccessKey VIEWER = AccessKey.of("watcher", "viewer");

  @Test
  void theReasonIsShownToAllAndTheAddressToCallersWithAKey() throws IOException {
    int nobody = ServiceProcess.freePort();
    try (PostgresServer postgres = PostgresServer.start();
        ServiceInThisJvm service =
            new ServiceInThisJvm(
                postgres.url(),
                "--backfill.events.nats-url=nats://127.0.0.1:" + nobody,
                "--BACKFILL_API_KEYS=" + VIEWER.entry(),
                "--BACKFILL_OPEN_HEALTH=true")) {
      BackfillClient stranger = service.client();
      BackfillClient viewer = stranger.withKey(VIEWER.value());
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(health(stranger).path("nats").asText())
                      .isEqualTo("away; events wait in the database (connection refused)"));
      assertThat(health(viewer).path("nats").asText())
          .isEqualTo(
              "away; events wait in the database"
                  + " (no connection to nats://127.0.0.1:%d: connection refused)"
                      .formatted(nobody));
      assertThat(stranger.get("/health").status()).isEqualTo(200);

      postgres.stop();

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(health(stranger).path("database").asText())
                      .isEqualTo("cannot be reached: connection refused"));
      assertThat(stranger.get("/health").status()).isEqualTo(503);
      assertThat(stranger.get("/health").text()).doesNotContain("127.0.0.1", "postgres");

      postgres.startAgain();

      await().atMost(PATIENCE).until(() -> stranger.get("/health").status() == 200);
    }
  }

  private static JsonNode health(BackfillClient client) {
    return client.get("/health").json();
  }
}
