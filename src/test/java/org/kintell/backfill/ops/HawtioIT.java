package org.kintell.backfill.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Chromium;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.Jolokia;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;

/** Operators' work in Hawtio, by its requests; each has a key. */
class HawtioIT {

  private static final String JOBS = "org.kintell.backfill:type=Jobs";
  private static final String SETTINGS = "org.kintell.backfill:type=Settings";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String NAME = "the-admin";
  private static final String KEY = "a key that an administrator was given";

  /** The number next to a step in a diagram. */
  private static final String COUNT =
      "//*[contains(@class, 'camel-node-content')]"
          + "[*[contains(@class, 'camel-node-id')][contains(., '(ID: %s)')]]"
          + "/*[@class='number']";

  private static Database database;
  private static ServiceProcess service;
  private static BackfillClient client;
  private static Jolokia jolokia;

  @BeforeAll
  static void start() {
    database = RealParts.newDatabase();
    service =
        ServiceProcess.on(database).with("BACKFILL_CHUNK_ROWS", "100").withAdmin(NAME, KEY).start();
    client = service.client().withKey(KEY);
    await().atMost(PATIENCE).until(() -> client.get("/health").status() == 200);
    jolokia = new Jolokia(client);
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @AfterAll
  static void stop() {
    service.close();
    database.close();
  }

  @BeforeEach
  void empty() {
    database.jdbc().sql("DELETE FROM kintell_sessions").update();
    jolokia.write(SETTINGS, "RowsPerSecond", 0);
    jolokia.write(SETTINGS, "Loaders", 2);
    jolokia.write(SETTINGS, "ChunkRows", 100);
  }

  @Test
  void everyRouteIsThereWithItsDescription() {
    JsonNode routes = jolokia.search("org.apache.camel:type=routes,*");

    assertThat(routes.size()).isGreaterThan(20);
    for (JsonNode route : routes) {
      assertThat(jolokia.read(route.asText(), "Description").asText())
          .as(route.asText())
          .isNotBlank();
    }
  }

  @Test
  void theStepsOfRowsAreCounted() {
    long validated = processed("validate-row");
    long duplicates = processed("refuse-duplicate");
    long accepted = processed("accept-row");
    long rejected = ofRoute("reject-row", "ExchangesTotal");
    String file =
        new String(SessionFiles.withBadRows(20, row -> row % 5 == 0), StandardCharsets.UTF_8)
            + SessionFiles.row("S-1", "4")
            + SessionFiles.row("S-2", "4");

    client.importFile("sessions.csv", file.getBytes(StandardCharsets.UTF_8));

    assertThat(processed("validate-row") - validated).isEqualTo(22);
    assertThat(processed("refuse-duplicate") - duplicates).isEqualTo(2);
    assertThat(processed("accept-row") - accepted).isEqualTo(16);
    assertThat(ofRoute("reject-row", "ExchangesTotal") - rejected).isEqualTo(4);
  }

  @Test
  void aRouteIsStoppedAndStartedAgain() {
    String route = route("poll-inbox");

    jolokia.execute(route, "stop()");
    assertThat(jolokia.read(route, "State").asText()).isEqualTo("Stopped");
    jolokia.execute(route, "start()");

    assertThat(jolokia.read(route, "State").asText()).isEqualTo("Started");
  }

  @Test
  void jobsAreListedLookedAtAndStarted() {
    String job = client.start("sessions.csv", SessionFiles.good(3)).jobId();

    assertThat(jolokia.execute(JOBS, "list", 1).findValuesAsText("jobId")).containsExactly(job);
    assertThat(jolokia.execute(JOBS, "listByStatus", "pending", 10).findValuesAsText("jobId"))
        .contains(job);
    assertThat(jolokia.execute(JOBS, "status", job).path("totalRows").asLong()).isEqualTo(3);
    jolokia.execute(JOBS, "resume", job);

    await().until(() -> status(job).equals("completed"));
    assertThat(jolokia.refusedExecution(JOBS, "resume", job)).contains("is completed");
    assertThat(jolokia.refusedExecution(JOBS, "resume", "nonsense")).contains("There is no job");
    assertThat(jolokia.refusedExecution(JOBS, "status", "nonsense")).contains("There is no job");
    assertThat(jolokia.refusedExecution(JOBS, "listByStatus", "lost", 1)).contains("no status");
    assertThat(jolokia.refusedExecution(JOBS, "list", -1)).contains("from 1 to 500");
    // Hawtio's form begins with 0.
    assertThat(jolokia.execute(JOBS, "list", 0).findValuesAsText("jobId")).contains(job);
  }

  @Test
  void theSizeOfChunksIsThatOfFilesIndexedFromThenOn() {
    String before = client.start("before.csv", SessionFiles.good(400)).jobId();

    jolokia.write(SETTINGS, "ChunkRows", 50);

    String after = client.start("after.csv", SessionFiles.good(400)).jobId();
    assertThat(chunks(before)).isEqualTo(4);
    assertThat(chunks(after)).isEqualTo(8);
    client.resume(before);
    assertThat(verify(before).path("consistent").asBoolean()).isTrue();
    assertThat(verify(before).path("chunks").asLong()).isEqualTo(4);
  }

  @Test
  void aThrottledJobGoesSlowlyAndFastAgainAtTheNextChunk() {
    jolokia.write(SETTINGS, "RowsPerSecond", 100);
    String job = client.start("sessions.csv", SessionFiles.good(2_000)).jobId();
    jolokia.execute(JOBS, "resume", job);
    await().atMost(PATIENCE).until(() -> processedRows(job) >= 200);
    double rate = client.status(job).json().path("rate").asDouble();
    assertThat(rate).isLessThan(250);
    long loaded = verify(job).path("chunksLoaded").asLong();

    jolokia.write(SETTINGS, "RowsPerSecond", 0);

    await().atMost(Duration.ofSeconds(15)).until(() -> status(job).equals("completed"));
    assertThat(loaded).isLessThan(20);
    assertThat(verify(job).path("consistent").asBoolean()).isTrue();
    assertThat(verify(job).path("chunks").asLong()).isEqualTo(20);
  }

  @Test
  void theNumberOfLoadersChangesWhileAJobRuns() {
    // The first loaded chunk holds its loader until it is released.
    database.holdUpWhen("NEW.state = 'loaded' AND NEW.chunk_no = 0");
    String job = client.start("sessions.csv", SessionFiles.good(1_000)).jobId();
    try {
      jolokia.write(SETTINGS, "Loaders", 1);
      jolokia.execute(JOBS, "resume", job);
      database.awaitHeldUp();
      assertThat(processedRows(job)).isZero();
      assertThat(client.status(job).json().path("nodes").asInt()).isEqualTo(1);
      assertThat(jolokia.execute(JOBS, "nodes").findValuesAsText("chunksInFlight"))
          .containsExactly("1");

      jolokia.write(SETTINGS, "Loaders", 2);

      await().atMost(PATIENCE).until(() -> processedRows(job) == 900);
      jolokia.write(SETTINGS, "Loaders", 1);
    } finally {
      database.letGo();
    }
    await().atMost(PATIENCE).until(() -> status(job).equals("completed"));
    assertThat(jolokia.read(SETTINGS, "Loaders").asInt()).isEqualTo(1);
    assertThat(client.importFile("next.csv", SessionFiles.good(300)).path("failedRows").asLong())
        .isEqualTo(300);
  }

  @Test
  void onlyBeansThatCanBeReadAreListed() {
    assertThat(jolokia.list().fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("org.apache.camel", "org.kintell.backfill", "hawtio", "jolokia");
  }

  /** Neither Jolokia nor Hawtio connects to an address in a request. */
  @Test
  void aRequestForAnotherMachineConnectsNowhere() throws IOException {
    try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = listener.getLocalPort();
      String target = "service:jmx:rmi:///jndi/rmi://127.0.0.1:" + port + "/x";
      assertThat(jolokia.refusedElsewhere(target)).isNotEmpty();
      for (String path : List.of("http/127.0.0.1/" + port, "127.0.0.1:" + port)) {
        assertThat(client.get("/actuator/hawtio/proxy/" + path).status()).isEqualTo(404);
      }
      listener.setSoTimeout(200);
      assertThatThrownBy(listener::accept).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void itIsClosedToWhoeverHasNoKey() {
    assertThat(service.client().get("/actuator/hawtio").status()).isEqualTo(401);
    assertThat(service.client().get("/actuator/jolokia").status()).isEqualTo(401);
  }

  /** In a browser: login, the Camel tab, a route, its diagram. */
  @Test
  void loadChunkIsSeenToCountUpDuringAnImport() throws IOException {
    jolokia.write(SETTINGS, "ChunkRows", 10);
    jolokia.write(SETTINGS, "RowsPerSecond", 20);
    String job = client.start("sessions.csv", SessionFiles.good(2_000)).jobId();
    try (Chromium browser = Chromium.open(service.url("/actuator/hawtio"), NAME, KEY)) {
      browser.click("Camel");
      browser.click("load-chunk");
      browser.click("Route Diagram");
      await().atMost(PATIENCE).until(() -> shown(browser, "write-chunk") >= 0);
      jolokia.execute(JOBS, "resume", job);

      long before = shown(browser, "write-chunk");
      await().atMost(PATIENCE).until(() -> shown(browser, "write-chunk") > before);
      long then = shown(browser, "write-chunk");
      await().atMost(PATIENCE).until(() -> shown(browser, "write-chunk") > then);

      assertThat(status(job)).isEqualTo("running");
      // No part that the policy leaves empty.
      assertThat(browser.texts("//nav//a"))
          .contains("Camel", "JMX")
          .doesNotContain("Runtime", "Spring Boot", "JVM Diagnostics", "Connect", "Logs");
      browser.screenshot(Path.of("target", "screenshots", "hawtio-load-chunk.png"));
    } finally {
      jolokia.write(SETTINGS, "RowsPerSecond", 0);
    }
    client.resume(job);
  }

  /** Count of a step in the diagram; -1 until it is drawn. */
  private static long shown(Chromium browser, String step) {
    return browser.texts(COUNT.formatted(step)).stream()
        .mapToLong(Long::parseLong)
        .findFirst()
        .orElse(-1);
  }

  @ParameterizedTest
  @CsvSource({
    "ChunkRows, 0",
    "ChunkRows, 1000001",
    "Loaders, 0",
    "Loaders, 65",
    "RowsPerSecond, -1"
  })
  void aSettingThatCannotBeIsRefusedAndChangesNothing(String setting, int value) {
    int before = jolokia.read(SETTINGS, setting).asInt();

    assertThat(jolokia.refusedWrite(SETTINGS, setting, value))
        .contains(setting + " must be a whole number from ");

    assertThat(jolokia.read(SETTINGS, setting).asInt()).isEqualTo(before);
  }

  private static String route(String id) {
    return mbean("routes", id);
  }

  private static String mbean(String type, String id) {
    return "org.apache.camel:context=kintell-connector,type=%s,name=\"%s\"".formatted(type, id);
  }

  private static long ofRoute(String id, String attribute) {
    return jolokia.read(route(id), attribute).asLong();
  }

  private static long processed(String step) {
    return jolokia.read(mbean("processors", step), "ExchangesTotal").asLong();
  }

  private static String status(String job) {
    return client.status(job).json().path("status").asText();
  }

  private static long processedRows(String job) {
    return client.status(job).json().path("processedRows").asLong();
  }

  private static JsonNode verify(String job) {
    return client.get("/import/backfill/" + job + "/verify").json();
  }

  private static long chunks(String job) {
    return verify(job).path("chunks").asLong();
  }
}
