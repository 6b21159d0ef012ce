package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.TcpProxy;

/** Probes and log of the jar for an orchestrator, during a database outage and after it. */
class ProbesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final Duration AT_ONCE = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FEEDBACK = "told-in-confidence";

  @Test
  void notReadyWhileTheDatabaseIsAwayButAliveAndTheLogTellsOfTheJobOnly() throws IOException {
    byte[] file =
        new String(SessionFiles.withBadRows(2_000, row -> row % 10 == 0), StandardCharsets.UTF_8)
            .replace("Fine", FEEDBACK)
            .getBytes(StandardCharsets.UTF_8);
    String url = RealParts.databaseUrl();
    int port = Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
    try (Database database = RealParts.newDatabase();
        TcpProxy wire = new TcpProxy(port);
        ServiceProcess service = new ServiceProcess(Map.of())) {
      String password = "a-password-of-its-own";
      String user = "probes_" + port;
      database.jdbc().sql("DROP ROLE IF EXISTS " + user).update();
      database
          .jdbc()
          .sql("CREATE ROLE " + user + " SUPERUSER LOGIN PASSWORD '" + password + "'")
          .update();
      String through =
          database
              .url()
              .replace("postgres:postgres@", user + ":" + password + "@")
              .replace(":" + port + "/", ":" + wire.port() + "/");
      service
          .with(
              "DATABASE_URL_FILE",
              Files.writeString(service.folder().resolve("url"), through + "\n").toString())
          .with("BACKFILL_LOG_FORMAT", "ecs")
          .with("BACKFILL_CHUNK_ROWS", "20")
          .with("NATS_URL", RealParts.natsUrl())
          .start();
      database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
      BackfillClient client = service.client();
      await().atMost(PATIENCE).until(() -> readiness(client).status() == 200);
      assertThat(client.start("x.csv", "no header, " + FEEDBACK + "\n").status()).isEqualTo(400);
      String job = client.start("/import/backfill/start?autostart=true", file, 202);
      await()
          .atMost(PATIENCE)
          .until(() -> client.status(job).json().path("processedRows").asInt() > 0);

      wire.holdUp();
      await().atMost(PATIENCE).until(() -> readiness(client).status() == 503);
      for (int i = 0; i < 5; i++) {
        long start = System.nanoTime();
        Answer notReady = readiness(client);
        assertThat(notReady.status()).isEqualTo(503);
        assertThat(notReady.json().path("status").asText()).isEqualTo("DOWN");
        assertThat(notReady.json().path("components").isMissingNode()).isTrue();
        Answer health = client.get("/health");
        assertThat(health.status()).isEqualTo(503);
        assertThat(health.json().path("status").asText()).isEqualTo("degraded");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(AT_ONCE.multipliedBy(2));
        assertThat(client.get("/actuator/health/liveness").status()).isEqualTo(200);
      }
      wire.cut();
      await()
          .atMost(PATIENCE)
          .until(() -> Files.readString(service.log()).contains("\"level\":\"WARN\""));
      wire.letPass();

      await().atMost(PATIENCE).until(() -> readiness(client).status() == 200);
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> client.status(job).json().path("status").asText().equals("completed"));
      service.stop();
      String log = Files.readString(service.log());
      assertThat(log).doesNotContain(password, FEEDBACK, SessionFiles.PARTICIPANT);
      assertThat(log).doesNotContain(SessionFiles.VOLUNTEER, "generated security password");
      assertThatEachLineOfTheJobSaysSo(log, job);
    }
  }

  private static Answer readiness(BackfillClient client) {
    return client.get("/actuator/health/readiness");
  }

  private static void assertThatEachLineOfTheJobSaysSo(String log, String job) throws IOException {
    List<JsonNode> lines = new ArrayList<>();
    for (String line : log.lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    assertThat(lines).allMatch(line -> line.has("@timestamp") && line.has("ecs"));
    List<JsonNode> ofJob =
        lines.stream().filter(line -> line.path("message").asText().contains(job)).toList();
    assertThat(ofJob)
        .extracting(line -> line.path("message").asText())
        .anyMatch(message -> message.startsWith("Job created"))
        .anyMatch(message -> message.startsWith("Job running"))
        .anyMatch(message -> message.startsWith("Job completed"));
    assertThat(ofJob).allMatch(line -> line.path("jobId").asText().equals(job));
    assertThat(lines)
        .filteredOn(line -> line.path("log").path("level").asText().equals("WARN"))
        .extracting(line -> line.path("message").asText())
        .singleElement()
        .asString()
        .startsWith("Database is away since");
  }
}
