package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.ProblemAssert.assertProblem;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.BackfillClient.Answer;

/** The jar where strangers can reach it: nobody gets in without a key, and no further than it. */
class AccessIT {

  private static final String START = "/import/backfill/start";
  private static final Map<String, String> KEYS = new LinkedHashMap<>();
  private static Database database;
  private static ServiceProcess service;

  @BeforeAll
  static void start() throws IOException {
    List<String> entries = new ArrayList<>();
    for (String role : List.of("viewer", "operator", "admin")) {
      List<String> printed = newKey("the-" + role, role).lines().toList();
      KEYS.put(role, printed.get(0).replaceFirst("^Key, shown this once: ", ""));
      entries.add(printed.get(1).replaceFirst("^Add to BACKFILL_API_KEYS: ", ""));
    }
    database = RealParts.newDatabase();
    service =
        ServiceProcess.on(database)
            .with("SERVER_ADDRESS", "0.0.0.0")
            // Whatever the actuator has, not only what is exposed usually.
            .with("MANAGEMENT_ENDPOINTS_WEB_EXPOSURE_INCLUDE", "*");
    service.with(
        "BACKFILL_API_KEYS_FILE",
        Files.writeString(service.folder().resolve("keys"), String.join("\n", entries)).toString());
    service.start();
    await().atMost(Duration.ofSeconds(120)).until(() -> as("admin").get("/health").status() == 200);
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @AfterAll
  static void stop() {
    service.close();
    database.close();
  }

  private static String newKey(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-jar",
                System.getProperty("kintell.jar"),
                "new-key"));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static BackfillClient as(String role) {
    return service.client().withKey(KEYS.get(role));
  }

  private static Answer send(BackfillClient client, Endpoint endpoint) {
    return client.send(
        client.request(endpoint.path()).method(endpoint.method(), BodyPublishers.noBody()));
  }

  private static List<Endpoint> endpoints() {
    List<Endpoint> endpoints = Endpoint.of(as("admin").get("/actuator/mappings").json());
    // The account is complete: it names what is known to be there, of each kind.
    assertThat(endpoints)
        .contains(new Endpoint("GET", "/health"), new Endpoint("POST", START))
        .contains(new Endpoint("GET", "/actuator/env"))
        .anyMatch(endpoint -> endpoint.path().endsWith("/resume"))
        .anyMatch(endpoint -> endpoint.path().endsWith("/status"));
    return endpoints;
  }

  @Test
  void nobodyGetsInWithoutAKey() {
    for (Endpoint endpoint : endpoints()) {
      Answer answer = send(service.client(), endpoint);
      assertThat(answer.status()).as(endpoint.toString()).isEqualTo(401);
      assertThat(answer.response().headers().allValues("WWW-Authenticate"))
          .anyMatch(challenge -> challenge.startsWith("Bearer"))
          .anyMatch(challenge -> challenge.startsWith("Basic"));
      if (!endpoint.method().equals("HEAD")) {
        assertProblem(answer, 401, "unauthorized", "X-API-Key");
      }
    }
    assertProblem(service.client().start("x.csv", SessionFiles.good(1)), 401, "unauthorized");
    assertProblem(service.client().get("/nothing/here"), 401, "unauthorized");
    assertThat(jobs()).isZero();
  }

  @Test
  void aViewerReadsAndChangesNothing() {
    for (Endpoint endpoint : endpoints()) {
      boolean read = List.of("GET", "HEAD").contains(endpoint.method());
      boolean listed =
          endpoint
              .path()
              .matches("/health|/actuator/health.*|/import/.*|/openapi.json|/templates.*");
      Answer answer = send(as("viewer"), endpoint);
      if (read && listed) {
        assertThat(answer.status()).as(endpoint.toString()).isNotIn(401, 403);
      } else {
        assertThat(answer.status()).as(endpoint.toString()).isEqualTo(403);
      }
    }
    assertProblem(as("viewer").start("x.csv", SessionFiles.good(1)), 403, "forbidden", "role");
    assertThat(jobs()).isZero();
  }

  @Test
  void anOperatorImportsAndUndoesNothing() {
    Answer start = as("operator").start("x.csv", SessionFiles.good(3));
    assertThat(start.status()).as(start.text()).isEqualTo(201);
    String job = "/import/backfill/" + start.jobId();
    assertThat(as("operator").resume(start.jobId()).status()).isEqualTo(200);
    assertThat(as("viewer").get(job + "/status").json().path("successfulRows").asInt())
        .isEqualTo(3);
    Endpoint rollback = new Endpoint("POST", job + "/rollback");
    assertProblem(send(as("operator"), rollback), 403, "forbidden");
    assertThat(send(as("admin"), rollback).status()).isNotIn(401, 403);
    assertProblem(as("operator").get("/actuator/env"), 403, "forbidden");
    assertThat(as("admin").get("/actuator/env").status()).isEqualTo(200);
    database.jdbc().sql("TRUNCATE backfill_jobs, kintell_sessions CASCADE").update();
  }

  private static int jobs() {
    return database.jdbc().sql("SELECT count(*) FROM backfill_jobs").query(Integer.class).single();
  }

  @Test
  void aKeyIsSentInOneOfThreeWays() {
    String key = KEYS.get("viewer");
    assertThat(health("Authorization", "Bearer " + key)).isEqualTo(200);
    assertThat(health("Authorization", "bearer " + key)).isEqualTo(200);
    assertThat(health("X-API-Key", key)).isEqualTo(200);
    assertThat(health("Authorization", basic("the-viewer", key))).isEqualTo(200);
    assertThat(health("Authorization", basic("the-admin", key))).isEqualTo(401);
    assertThat(health("Authorization", "Digest x")).isEqualTo(401);
    assertThat(health("X-API-Key", "x".repeat(5000))).isEqualTo(401);
    assertThat(health("Cookie", "X-API-Key=" + key)).isEqualTo(401);
  }

  private static int health(String header, String value) {
    return service
        .client()
        .send(service.client().request("/health").header(header, value))
        .status();
  }

  private static String basic(String name, String key) {
    byte[] both = (name + ":" + key).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(both);
  }

  @Test
  void guessingIsSlowedCountedAndLoggedWithoutTheGuess() throws IOException {
    String somebody = "127.0.0.77";
    String guess = "guess-" + UUID.randomUUID();
    List<Integer> statuses = new ArrayList<>();
    String last = "";
    for (int i = 0; i < 15; i++) {
      last = get(somebody, guess + i);
      statuses.add(RawHttp.status(last));
    }
    assertThat(statuses).startsWith(401, 401, 401, 401, 401, 401, 401, 401, 401, 401).endsWith(429);
    assertThat(last).containsPattern("(?i)retry-after: [1-9]").contains("too-many-tries");
    // Others are not held up by it.
    assertThat(RawHttp.status(get("127.0.0.78", KEYS.get("viewer")))).isEqualTo(200);
    String log = Files.readString(service.log());
    assertThat(log).contains("Key not valid, from " + somebody).doesNotContain(guess);
    KEYS.values().forEach(key -> assertThat(log).doesNotContain(key));
    assertThat(log).doesNotContain("{bcrypt}", "$2a$", "generated security password");
    double failed =
        as("admin")
            .get("/actuator/metrics/backfill.access.failed")
            .json()
            .at("/measurements/0/value")
            .asDouble();
    assertThat(failed).isGreaterThanOrEqualTo(10);
  }

  private static String get(String from, String key) {
    return RawHttp.send(from, service.port(), "GET /health HTTP/1.1\nX-API-Key: " + key, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SERVER_ADDRESS            | 0.0.0.0           | SERVER_ADDRESS=0.0.0.0            | BACKFILL_API_KEYS",
        "MANAGEMENT_SERVER_ADDRESS | 0.0.0.0           | MANAGEMENT_SERVER_ADDRESS=0.0.0.0 | BACKFILL_API_KEYS",
        "BACKFILL_API_KEYS         | me:admin:{noop}me | BACKFILL_API_KEYS=(no such hash: me) | name:role:hash",
        "BACKFILL_API_KEYS_FILE    | /nowhere/keys     | BACKFILL_API_KEYS_FILE=/nowhere   | a file"
      })
  void itDoesNotStartOpenOrWithKeysThatAreNone(
      String variable, String value, String shown, String allowed) throws IOException {
    try (ServiceProcess wrong = new ServiceProcess(Map.of(variable, value))) {
      wrong.with("DATABASE_URL", database.url());
      if (variable.startsWith("MANAGEMENT")) {
        wrong.with("MANAGEMENT_SERVER_PORT", "0");
      }
      assertThat(wrong.launch().awaitExit()).isNotZero();
      List<String> log = Files.readAllLines(wrong.log());
      assertThat(log)
          .filteredOn(line -> line.contains("ERROR"))
          .singleElement()
          .satisfies(line -> assertThat(line).contains(shown, "Allowed: ", allowed));
      assertThat(log).noneMatch(line -> line.startsWith("\tat ") || line.contains("{noop}"));
    }
  }

  @Test
  void newKeySaysHowItIsUsed() throws IOException {
    assertThat(newKey("me", "root")).contains("Usage: ", "viewer, operator, admin");
    assertThat(newKey("m:e", "admin")).contains("A name has");
  }
}
