package org.kintell.backfill.http.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.kintell.backfill.testsupport.ProblemAssert.assertProblem;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.Endpoint;
import org.kintell.backfill.testsupport.Jolokia;
import org.kintell.backfill.testsupport.RawHttp;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Spellings;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** The jar beyond loopback: every address needs a key of the right role. */
class AccessIT {

  private static final String START = "/import/backfill/start";
  private static final List<String> ROLES = List.of("metrics", "viewer", "operator", "admin");

  /** Addresses that need no key. */
  private static final Set<Endpoint> OPEN =
      Set.of(
          new Endpoint("GET", "/cli/kintell"),
          new Endpoint("HEAD", "/cli/kintell"),
          new Endpoint("GET", "/console/sign-in"),
          new Endpoint("HEAD", "/console/sign-in"));

  /** The name of a key that was not used yet. */
  private static final String UNUSED = "unused";

  private static final Map<String, String> KEYS = new LinkedHashMap<>();
  private static Database database;
  private static ServiceProcess service;

  @BeforeAll
  static void start() throws IOException {
    List<String> entries = new ArrayList<>();
    for (String role : ROLES) {
      entries.add(newEntry(role, "the-" + role, role));
    }
    entries.add(newEntry(UNUSED, UNUSED, "viewer"));
    String slow = new BCryptPasswordEncoder(4).encode(KEYS.get("viewer") + "-of-before");
    entries.add("of-before:viewer:{bcrypt}" + slow);
    database = RealParts.newDatabase();
    service =
        ServiceProcess.on(database)
            .with("SERVER_ADDRESS", "0.0.0.0")
            // With these variables, Spring Boot would trust forwarding headers of any caller.
            .with("KUBERNETES_SERVICE_HOST", "10.0.0.1")
            .with("KUBERNETES_SERVICE_PORT", "443")
            .with("BACKFILL_TRUSTED_PROXIES", "127.0.3.90,127.0.4.0/24")
            // All endpoints of the actuator, not only the usual ones.
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

  /** Creates a key and returns its entry for the settings. */
  private static String newEntry(String key, String... arguments) throws IOException {
    List<String> printed = newKey(arguments).lines().toList();
    KEYS.put(key, printed.get(0).replaceFirst("^Key, shown this once: ", ""));
    return printed.get(1).replaceFirst("^Add to BACKFILL_API_KEYS: ", "");
  }

  private static String newKey(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
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
    // The list is complete: it has the known addresses of each kind.
    assertThat(endpoints)
        .contains(new Endpoint("GET", "/health"), new Endpoint("POST", START))
        .contains(new Endpoint("GET", "/actuator/env"))
        .anyMatch(endpoint -> endpoint.path().endsWith("/resume"))
        .anyMatch(endpoint -> endpoint.path().endsWith("/status"));
    return endpoints;
  }

  @Test
  void everyAddressButTheOpenOnesNeedsAKey() {
    for (Endpoint endpoint : endpoints()) {
      Answer answer = send(service.client(), endpoint);
      if (OPEN.contains(endpoint)) {
        assertThat(answer.status()).as(endpoint.toString()).isEqualTo(200);
        continue;
      }
      if (isSignOut(endpoint)) {
        assertThat(answer.status()).isEqualTo(204);
        continue;
      }
      if (isOpen(endpoint)) {
        assertThat(answer.status()).as(endpoint.toString()).isIn(404, 415);
        continue;
      }
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

  /** The rules of docs/api.md, for every address that the running service has. */
  @ParameterizedTest
  @ValueSource(strings = {"metrics", "viewer", "operator", "admin"})
  void aRoleReachesWhatIsListedForItAndNothingElse(String role) {
    for (Endpoint endpoint : endpoints()) {
      Answer answer = send(as(role), endpoint);
      if (!rolesFor(endpoint).contains(role)) {
        assertThat(answer.status()).as(role + " " + endpoint).isEqualTo(403);
      } else {
        assertThat(answer.status()).as(role + " " + endpoint).isNotIn(401, 403);
      }
    }
    assertThat(jobs()).isZero();
  }

  /** The console's files hold no data, and a sign-in needs a key in the body. */
  private static boolean isOpen(Endpoint endpoint) {
    return endpoint.method().equals("POST")
        ? endpoint.path().equals("/console/session")
        : isSignOut(endpoint) || (isRead(endpoint) && endpoint.path().startsWith("/console/"));
  }

  /** It only removes a cookie, also one that is over. */
  private static boolean isSignOut(Endpoint endpoint) {
    return endpoint.equals(new Endpoint("DELETE", "/console/session"));
  }

  private static boolean isRead(Endpoint endpoint) {
    return List.of("GET", "HEAD").contains(endpoint.method());
  }

  private static List<String> rolesFor(Endpoint endpoint) {
    if (OPEN.contains(endpoint)) {
      return ROLES;
    }
    String path = endpoint.path();
    if (isOpen(endpoint)) {
      return ROLES;
    }
    boolean read = isRead(endpoint);
    if (read && path.equals("/actuator/prometheus")) {
      return List.of("metrics", "admin");
    }
    if (read
        && path.matches(
            "/|/whoami|/health|/actuator/health.*|/openapi.json|/templates.*|/import/backfill"
                + "|/import/backfill/(progress|nodes)|/import/backfill/[^/]+/(status|report|verify|progress|rollback|pace)")) {
      return List.of("viewer", "operator", "admin");
    }
    if (read && path.startsWith("/import/")) {
      return List.of("operator", "admin");
    }
    return endpoint.method().equals("POST")
            && path.matches(
                "/import/backfill/(start|validate|[^/]+/(resume|pause|cancel|retry|corrections|validate))")
        ? List.of("operator", "admin")
        : List.of("admin");
  }

  @Test
  void aViewerSeesCountsAndCausesButNoRowOfAJobAndUploadsNone() {
    Answer start = as("operator").start("x.csv", SessionFiles.withBadRows(3, row -> row == 2));
    as("operator").resume(start.jobId());
    String job = "/import/backfill/" + start.jobId();

    assertThat(as("viewer").get(job + "/status").json().path("failedRows").asInt()).isEqualTo(1);
    for (String read :
        List.of("/status", "/report", "/verify", "/rollback", "/progress", "/pace")) {
      assertThat(as("viewer").get(job + read).text())
          .as(read)
          .doesNotContain(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    }
    assertProblem(as("viewer").get(job + "/errors"), 403, "forbidden", "role");
    for (String read :
        List.of("/rejects", "/rejects/values?cause=invalid-rating", "/missing-users")) {
      assertProblem(as("viewer").get(job + read), 403, "forbidden", "role");
      assertThat(as("operator").get(job + read).status()).as(read).isEqualTo(200);
    }
    assertProblem(as("viewer").get(job + "/errors?spreadsheet=safe"), 403, "forbidden");
    assertThat(as("operator").get(job + "/errors").text()).contains(SessionFiles.PARTICIPANT);
    assertProblem(as("viewer").start("x.csv", SessionFiles.good(1)), 403, "forbidden", "role");
    assertProblem(as("metrics").get(job + "/status"), 403, "forbidden");
    removeJobs();
  }

  /** As Prometheus sends it, by the shipped configuration. */
  @Test
  void prometheusIsLetInByItsKeyAsItIsConfiguredInDeploy() throws IOException {
    JsonNode scrape =
        new ObjectMapper(new YAMLFactory())
            .readTree(Path.of("deploy/prometheus/prometheus.yml").toFile())
            .at("/scrape_configs/0");
    JsonNode compose =
        new ObjectMapper(new YAMLFactory()).readTree(Path.of("docker-compose.yml").toFile());
    String header = scrape.at("/authorization/type").asText() + " " + KEYS.get("metrics");

    Answer answer =
        service
            .client()
            .send(
                service
                    .client()
                    .request(scrape.path("metrics_path").asText())
                    .header("Authorization", header));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).contains("backfill_");
    assertThat(scrape.at("/authorization/credentials_file").asText())
        .isEqualTo("/run/secrets/" + compose.at("/services/prometheus/secrets/0").asText());
    assertThat(compose.path("secrets").fieldNames())
        .toIterable()
        .contains(compose.at("/services/prometheus/secrets/0").asText());
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
    removeJobs();
  }

  @Test
  void theTrailSaysWhoDidWhatToAJob() throws IOException {
    Answer start = as("operator").start("x.csv", SessionFiles.withBadRows(3, row -> row == 2));
    String job = start.jobId();
    as("operator").resume(job);
    as("operator").errors(job);
    as("operator").ask(job, "retry");
    database
        .jdbc()
        .sql("UPDATE backfill_jobs SET status = 'failed' WHERE id = ?::uuid")
        .param(job)
        .update();
    as("admin").ask(job, "cancel");
    as("admin").ask(job, "rollback");
    await().until(() -> lines("job_id = '" + job + "' AND action = 'rolled-back'").size() == 1);

    List<String> history = new ArrayList<>();
    JsonNode report = as("viewer").get("/import/backfill/" + job + "/report").json();
    report
        .path("history")
        .forEach(
            line -> history.add(line.path("actor").asText() + " " + line.path("action").asText()));
    assertThat(history)
        .containsExactly(
            "the-operator uploaded",
            "the-operator started",
            "service running",
            "service completed",
            "the-operator errors-downloaded",
            "the-operator retried",
            "sql:postgres failed",
            "the-admin cancelled",
            "the-admin rollback-requested",
            "service rolled-back");
    assertThat(report.at("/history/0/requestId").asText()).isEqualTo(start.header("X-Request-Id"));
    assertThat(report.at("/history/0/at").asText()).endsWith("Z");
    assertThat(report.path("history").toString()).doesNotContain("127.0.0.1");
    assertThat(lines("job_id = '" + job + "' AND actor = 'the-operator'"))
        .allMatch(line -> line.contains(" from 127.0.0.1"));
    assertThat(Files.readString(service.log()))
        .contains("Job created, jobId: " + job + ", 3 rows, by the-operator from 127.0.0.1")
        .contains("Job queued, jobId: " + job + ", by the-operator from 127.0.0.1")
        .contains("Error file downloaded, jobId: " + job + ", by the-operator from 127.0.0.1")
        .contains("Cancellation requested, jobId: " + job + ", by the-admin from 127.0.0.1")
        .contains("Rollback requested, jobId: " + job + ", by the-admin from 127.0.0.1");
    removeJobs();
  }

  @Test
  void theTrailSaysWhoChangedASettingOrARouteOrAJobByJolokia() {
    Jolokia jolokia = new Jolokia(as("admin"));
    String settings = "org.kintell.backfill:type=Settings";
    String route = "org.apache.camel:context=kintell-connector,type=routes,name=\"poll-inbox\"";
    String job = as("operator").start("x.csv", SessionFiles.good(3)).jobId();

    for (String setting : List.of("Loaders", "ChunkRows", "RowsPerSecond")) {
      jolokia.write(settings, setting, jolokia.read(settings, setting).asInt() + 1);
      jolokia.write(settings, setting, jolokia.read(settings, setting).asInt() - 1);
    }
    jolokia.execute(route, "stop()");
    jolokia.execute(route, "start()");
    jolokia.execute("org.kintell.backfill:type=Jobs", "pause", job);
    jolokia.execute("org.kintell.backfill:type=Jobs", "resume", job);
    await()
        .until(() -> as("viewer").status(job).json().path("status").asText().equals("completed"));

    assertThat(lines("actor = 'jmx:the-admin'"))
        .containsExactly(
            "setting-changed Loaders: 3, was 2 from 127.0.0.1",
            "setting-changed Loaders: 2, was 3 from 127.0.0.1",
            "setting-changed ChunkRows: 5001, was 5000 from 127.0.0.1",
            "setting-changed ChunkRows: 5000, was 5001 from 127.0.0.1",
            "setting-changed RowsPerSecond: 1, was 0 from 127.0.0.1",
            "setting-changed RowsPerSecond: 0, was 1 from 127.0.0.1",
            "route-stopped poll-inbox from 127.0.0.1",
            "route-started poll-inbox from 127.0.0.1",
            "paused was pending from 127.0.0.1",
            "resumed was paused from 127.0.0.1");
    removeJobs();
  }

  @Test
  void theTrailSaysWhatCameByTheInboxAndWhoTriedAFile() throws IOException {
    Files.write(service.folder().resolve("inbox").resolve("dropped.csv"), SessionFiles.good(2));
    await().atMost(Duration.ofSeconds(60)).until(() -> lines("action = 'completed'").size() == 1);
    assertThat(lines("actor = 'inbox'"))
        .containsExactly("uploaded 2 rows of dropped.csv", "started");

    BackfillClient client = as("operator");
    byte[] file = SessionFiles.good(2);
    client.upload("/import/backfill/validate", "tried.csv", new ByteArrayInputStream(file));
    client.send(
        client
            .uploadRequest("/import/backfill/validate", "tried.csv", new ByteArrayInputStream(file))
            .header("Accept", "text/csv"));

    assertThat(lines("job_id IS NULL AND actor = 'the-operator'"))
        .containsExactly(
            "validated 2 rows of tried.csv from 127.0.0.1",
            "validated 2 rows of tried.csv from 127.0.0.1",
            "missing-users-downloaded of tried.csv from 127.0.0.1");
    removeJobs();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE backfill_trail SET actor = 'nobody'",
        "DELETE FROM backfill_trail",
        "DELETE FROM backfill_trail WHERE job_id IS NULL",
        "TRUNCATE backfill_trail",
        "WITH gone AS (DELETE FROM backfill_trail RETURNING id) SELECT id FROM gone"
      })
  void theTrailIsOnlyEverAddedTo(String statement) {
    as("operator").start("x.csv", SessionFiles.good(1));
    new Jolokia(as("admin")).write("org.kintell.backfill:type=Settings", "Loaders", 2);
    List<String> before = lines("true");

    assertThatThrownBy(() -> database.jdbc().sql(statement).update())
        .hasMessageContaining("cannot be changed or removed");

    assertThat(lines("true")).isEqualTo(before);
    removeJobs();
  }

  @Test
  void theTrailOfAJobThatIsDeletedByHandEndsWithALine() {
    String job = as("operator").start("x.csv", SessionFiles.good(1)).jobId();

    database.jdbc().sql("DELETE FROM backfill_jobs WHERE id = ?::uuid").param(job).update();

    assertThat(lines("job_id = '" + job + "'")).isEmpty();
    assertThat(lines("action = 'job-removed' AND actor = 'sql:postgres'"))
        .anyMatch(line -> line.contains(job + ", x.csv"));
  }

  /** Selected columns of the trail, the oldest line first. */
  private static List<String> lines(String condition) {
    return database
        .jdbc()
        .sql(
            "SELECT concat_ws(' ', action, detail, 'from ' || address) FROM backfill_trail WHERE "
                + condition
                + " ORDER BY id")
        .query(String.class)
        .list();
  }

  private static void removeJobs() {
    // In the order in which the service locks them; another order could deadlock with it.
    String statement =
        "TRUNCATE backfill_chunks, backfill_jobs, kintell_sessions, backfill_rejects CASCADE";
    await()
        .ignoreExceptionsInstanceOf(PessimisticLockingFailureException.class)
        .untilAsserted(() -> database.jdbc().sql(statement).update());
  }

  /** The rules and the servlets see the same address. */
  @Test
  void noWayOfWritingAnAddressOpensMoreThanItsRule() {
    List<String> roles = new ArrayList<>(ROLES);
    roles.add("nobody");
    for (Endpoint endpoint : onePerPath()) {
      for (String role : roles) {
        int plain = RawHttp.status(raw(role, endpoint));
        for (String spelling : Spellings.of(endpoint.path())) {
          String answer = raw(role, new Endpoint(endpoint.method(), spelling));
          assertThat(RawHttp.status(answer))
              .as("%s %s, written %s, as %s", endpoint.method(), endpoint.path(), spelling, role)
              .isIn(400, 401, 403, 404, 405, plain, followed(plain));
          // An administrator may reach a servlet with its own answers.
          if (RawHttp.status(answer) != plain && !role.equals("admin")) {
            assertThat(answer).as(spelling).contains("application/problem+json", "\"detail\"");
          }
        }
      }
    }
    assertThat(jobs()).isZero();
  }

  /** Longer ones than BACKFILL_MAX_HEADER are the web server's to refuse. */
  @Test
  void aLongAddressIsRefusedLikeAShortOne() throws IOException {
    for (String part : List.of("a", "a/", "%20", "%C3%A4/")) {
      for (int length : List.of(3_000, 12_000, 20_000)) {
        String path = "/import/" + part.repeat(length / part.length());
        for (String role : List.of("nobody", "admin")) {
          String answer = raw(role, new Endpoint("GET", path));
          int expected = length > 16_000 ? 400 : role.equals("admin") ? 404 : 401;
          assertThat(RawHttp.status(answer))
              .as("%s x %d as %s: %s", part, length, role, answer)
              .isEqualTo(expected);
          assertThat(answer).contains("application/problem+json").doesNotContain("\tat ");
        }
      }
    }
    assertThat(Files.readString(service.log())).doesNotContain("StackOverflowError");
  }

  /** Hawtio redirects to the spelling with a slash at the end: the same roles may see both. */
  private static int followed(int plain) {
    return plain == 302 ? 200 : plain;
  }

  private static Collection<Endpoint> onePerPath() {
    Map<String, Endpoint> byPath = new LinkedHashMap<>();
    endpoints().forEach(endpoint -> byPath.putIfAbsent(endpoint.path(), endpoint));
    // It takes long, and is as large as the heap.
    byPath.remove("/actuator/heapdump");
    return byPath.values();
  }

  private static String raw(String role, Endpoint endpoint) {
    String key = KEYS.containsKey(role) ? "\nX-API-Key: " + KEYS.get(role) : "";
    String head = endpoint.method() + " " + endpoint.path() + " HTTP/1.1\nContent-Length: 0" + key;
    return RawHttp.send(service.port(), head);
  }

  @Test
  void onlyATrustedProxyIsBelievedWhoItSpeaksFor() throws IOException {
    wrongKey("127.0.3.1", "203.0.113.1");
    wrongKey("127.0.3.90", "203.0.113.2, 203.0.113.3, 127.0.4.7");
    wrongKey("127.0.4.8", "203.0.113.4\nX-Forwarded-For: 203.0.113.5");
    wrongKey("127.0.4.9", "203.0.113.6, somebody");

    assertThat(Files.readString(service.log()))
        .contains("from 127.0.3.1", "from 203.0.113.3", "from 203.0.113.5", "from 127.0.4.9")
        .doesNotContain("203.0.113.1", "203.0.113.2", "203.0.113.4", "203.0.113.6", "somebody");
  }

  private static void wrongKey(String from, String forwarded) {
    String head =
        "GET /health HTTP/1.1\nX-API-Key: wrong\nForwarded: for=203.0.113.1\nX-Forwarded-For: ";
    assertThat(RawHttp.status(RawHttp.send(from, service.port(), head + forwarded, "")))
        .isEqualTo(401);
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
    // It does not delay other callers.
    assertThat(RawHttp.status(get("127.0.0.78", KEYS.get("viewer")))).isEqualTo(200);
    String log = Files.readString(service.log());
    assertThat(log).contains("Key not valid, from " + somebody).doesNotContain(guess);
    KEYS.values().forEach(key -> assertThat(log).doesNotContain(key));
    assertThat(log).doesNotContain("{bcrypt}", "{sha256}", "$2a$", "generated security password");
    double failed =
        as("admin")
            .get("/actuator/metrics/backfill.access.failed")
            .json()
            .at("/measurements/0/value")
            .asDouble();
    assertThat(failed).isGreaterThanOrEqualTo(10);
  }

  @Test
  void aRightKeyIsServedHoweverManyWrongOnesCameFromItsAddress() {
    String shared = "127.0.0.79";
    for (int i = 0; i < 30; i++) {
      get(shared, "wrong-" + i);
    }
    assertThat(RawHttp.status(get(shared, "wrong"))).isEqualTo(429);

    for (int i = 0; i < 20; i++) {
      assertThat(RawHttp.status(get(shared, KEYS.get(UNUSED)))).isEqualTo(200);
      assertThat(RawHttp.status(get(shared, "wrong"))).isEqualTo(429);
    }
  }

  @Test
  void aKeyWithASlowHashIsStillTakenAndNamedInTheLog() throws IOException {
    assertThat(health("X-API-Key", KEYS.get("viewer") + "-of-before")).isEqualTo(200);
    assertThat(health("Authorization", basic("of-before", KEYS.get("viewer") + "-of-before")))
        .isEqualTo(200);
    assertThat(health("Authorization", basic("the-viewer", KEYS.get("viewer") + "-of-before")))
        .isEqualTo(401);
    assertThat(Files.readString(service.log())).contains("API keys with a slow hash: [of-before]");
  }

  /** Each from its own address, so that the limiter refuses none; the fastest of several. */
  @Test
  void theTimeOfAnAnswerTellsNoName() {
    long known = Long.MAX_VALUE;
    long unknown = Long.MAX_VALUE;
    for (int i = 1; i <= 20; i++) {
      known = Math.min(known, nanos("127.0.1." + i, "the-admin"));
      unknown = Math.min(unknown, nanos("127.0.2." + i, "nobody"));
    }
    assertThat(Duration.ofNanos(Math.abs(known - unknown))).isLessThan(Duration.ofMillis(20));
  }

  private static long nanos(String from, String name) {
    String head = "GET /health HTTP/1.1\nAuthorization: " + basic(name, "wrong");
    long start = System.nanoTime();
    assertThat(RawHttp.status(RawHttp.send(from, service.port(), head, ""))).isEqualTo(401);
    return System.nanoTime() - start;
  }

  private static String get(String from, String key) {
    return RawHttp.send(from, service.port(), "GET /health HTTP/1.1\nX-API-Key: " + key, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SERVER_ADDRESS         | 0.0.0.0       | SERVER_ADDRESS '0.0.0.0'               | BACKFILL_API_KEYS",
        "BACKFILL_API_KEYS_FILE | /nowhere/keys | BACKFILL_API_KEYS_FILE '/nowhere/keys' | a file"
      })
  void itDoesNotStartOpenOrWithoutItsKeys(
      String variable, String value, String shown, String allowed) throws IOException {
    assertDoesNotStart(variable, value, shown, allowed);
  }

  /** WrongSettingsTest and AccessSettingsTest try these without a process. */
  @ParameterizedTest
  @Tag("faults")
  @CsvSource(
      delimiter = '|',
      value = {
        "MANAGEMENT_SERVER_ADDRESS | 0.0.0.0           | MANAGEMENT_SERVER_ADDRESS '0.0.0.0'    | BACKFILL_API_KEYS",
        "BACKFILL_API_KEYS         | me:admin:{noop}me | BACKFILL_API_KEYS '(no such hash: me)' | name:role:hash"
      })
  void itDoesNotStartWithAnOpenPortOfItsOwnOrKeysThatAreNone(
      String variable, String value, String shown, String allowed) throws IOException {
    assertDoesNotStart(variable, value, shown, allowed);
  }

  private static void assertDoesNotStart(
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
          .satisfies(
              line -> assertThat(line).contains("Invalid " + shown + ": expected ", allowed));
      assertThat(log).noneMatch(line -> line.startsWith("\tat ") || line.contains("{noop}"));
    }
  }

  @Test
  void newKeySaysHowItIsUsed() throws IOException {
    assertThat(newKey("me", "root")).contains("Usage: ", "metrics, viewer, operator, admin");
    assertThat(newKey("m:e", "admin")).contains("A name has");
  }
}
