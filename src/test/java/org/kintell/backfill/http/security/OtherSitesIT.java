package org.kintell.backfill.http.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.AccessKey;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RawHttp;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.ServiceProcess;

/** A service with configured host names, allowed origins and a management port. */
class OtherSitesIT {

  private static final AccessKey KEY = AccessKey.of("me", "admin");
  private static final String PAGE = "https://console.example";

  private static Database database;
  private static ServiceInThisJvm service;
  private static int managementPort;

  @BeforeAll
  static void start() throws IOException {
    database = RealParts.newDatabase();
    managementPort = ServiceProcess.freePort();
    service =
        new ServiceInThisJvm(
            database,
            "--BACKFILL_CORS_ORIGINS=" + PAGE,
            "--BACKFILL_HOSTS=backfill.example,localhost",
            "--management.server.port=" + managementPort,
            "--BACKFILL_API_KEYS=" + KEY.entry());
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> status(service.port(), "GET /health HTTP/1.1\n" + key()) == 200);
  }

  @AfterAll
  static void stop() {
    service.close();
    database.close();
  }

  @Test
  void aPageThatMayUseItIsToldSoByItsBrowser() {
    String preflight =
        send(
            "OPTIONS /import/backfill/start HTTP/1.1\nOrigin: %s\nAccess-Control-Request-Method: POST\n"
                    .formatted(PAGE)
                + "Access-Control-Request-Headers: x-api-key");
    assertThat(RawHttp.status(preflight)).isEqualTo(200);
    assertThat(preflight).containsIgnoringCase("Access-Control-Allow-Origin: " + PAGE);

    String answer = send("GET /health HTTP/1.1\nOrigin: " + PAGE + "\n" + key());
    assertThat(RawHttp.status(answer)).isEqualTo(200);
    assertThat(answer).containsIgnoringCase("Access-Control-Allow-Origin: " + PAGE);
  }

  @Test
  void anyOtherPageIsRefused() {
    String foreign = "\nOrigin: https://evil.example\n";
    String preflight =
        send(
            "OPTIONS /import/backfill/start HTTP/1.1"
                + foreign
                + "Access-Control-Request-Method: POST");
    assertThat(RawHttp.status(preflight)).isEqualTo(403);

    String answer = send("POST /import/backfill/start HTTP/1.1" + foreign + key());
    assertThat(RawHttp.status(answer)).isEqualTo(403);
    assertThat(answer).doesNotContainIgnoringCase("Access-Control-Allow-Origin");
  }

  @Test
  void itIsKnownByItsNamesOnly() {
    String health = "GET /health HTTP/1.1\n" + key() + "\nHost: ";
    assertThat(status(service.port(), health + "backfill.example")).isEqualTo(200);
    assertThat(status(service.port(), health + "BACKFILL.example:443")).isEqualTo(200);
    String answer = send(health + "127.0.0.1");
    assertThat(RawHttp.status(answer)).isEqualTo(403);
    assertThat(answer).contains("unknown-host");
  }

  @Test
  void theActuatorIsOnItsOwnPortAndWantsTheSameKeys() {
    String metrics = "GET /actuator/prometheus HTTP/1.1\n";
    assertThat(status(managementPort, metrics + key())).isEqualTo(200);
    assertThat(status(managementPort, metrics)).isEqualTo(401);
    assertThat(status(service.port(), metrics + key())).isEqualTo(404);
    for (int port : List.of(managementPort, service.port())) {
      assertThat(status(port, "GET //actuator/jolokia HTTP/1.1")).isEqualTo(400);
      String path = "/actuator/" + "a".repeat(12_000);
      assertThat(status(port, "GET " + path + " HTTP/1.1")).isEqualTo(401);
      assertThat(status(port, "GET " + path + " HTTP/1.1\n" + key())).isEqualTo(404);
    }
    assertThat(status(managementPort, "GET /import/backfill HTTP/1.1\n" + key())).isEqualTo(404);
  }

  private static String key() {
    return "X-API-Key: " + KEY.value();
  }

  private static String send(String head) {
    return RawHttp.send(service.port(), head);
  }

  private static int status(int port, String head) {
    return RawHttp.status(RawHttp.send(port, head));
  }
}
