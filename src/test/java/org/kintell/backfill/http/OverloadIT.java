package org.kintell.backfill.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.HealthWatch;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.SlowClients;

/** Slow, numerous or greedy clients neither stop the running jar nor exhaust its resources. */
@Tag("faults")
class OverloadIT {

  private static final int CLIENTS = 500;
  private static final Duration A_WHILE = Duration.ofSeconds(8);
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String KEY = "a-key-of-an-administrator";
  private static final String WITH_KEY = "X-API-Key: " + KEY + "\r\n";
  private static final int LONG_ROW = 15_000_000;
  private static final int LONG_ROWS = 3;

  /**
   * A search reads all jobs in the worst case; more at once would take the pool from the others.
   */
  private static final int MOST_SEARCHES = 4;

  private static Database database;
  private static ServiceProcess service;
  private static BackfillClient client;
  private static int managementPort;

  @BeforeAll
  static void start() throws IOException {
    managementPort = ServiceProcess.freePort();
    database = RealParts.newDatabase();
    service =
        ServiceProcess.on(database)
            .withAdmin("admin", KEY)
            .withHeap("512m")
            .with("BACKFILL_OPEN_HEALTH", "true")
            .with("MANAGEMENT_SERVER_PORT", Integer.toString(managementPort))
            .start();
    client = service.client().withKey(KEY);
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @AfterAll
  static void stop() {
    service.close();
    database.close();
  }

  @AfterEach
  void itIsAsBefore() throws IOException {
    assertThat(service.isAlive()).isTrue();
    assertThat(Files.readString(service.log())).doesNotContain("OutOfMemory");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              // One connection holds the lock that shows other processes that this one is alive.
              assertThat(metric("hikaricp_connections_active")).isLessThanOrEqualTo(1);
              assertThat(metric("kintell_progress_watchers")).isZero();
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a refused body, without a key |          | text/csv                        | Content-Length: 1000000000 | x
          a refused body, chunked       |          | text/csv                        | Transfer-Encoding: chunked | 1;
          a refused body, with a key    | with-key | text/csv                        | Content-Length: 1000000000 | x
          an upload                     | with-key | multipart/form-data; boundary=b | Content-Length: 1000000000 | x
          an upload, chunked            | with-key | multipart/form-data; boundary=b | Transfer-Encoding: chunked | 1;
          """)
  void bodiesThatComeSlowlyHoldUpNobody(
      String what, String key, String type, String length, String bytes) {
    String head =
        "POST /import/backfill/start HTTP/1.1\r\nHost: localhost\r\nContent-Type: %s\r\n%s\r\n%s\r\n"
            .formatted(type, length, key == null ? "" : WITH_KEY);
    HealthWatch.during(
        service.port(),
        () -> {
          try (SlowClients clients = new SlowClients(service.port(), CLIENTS, head)) {
            clients.go(A_WHILE, bytes);
          }
        });
  }

  @ParameterizedTest
  @CsvSource({"without a key,", "with a key, with-key"})
  void bodiesThatComeSlowlyHoldUpNobodyOnAPortForManagementEither(String what, String key) {
    String head =
        "POST /actuator/jolokia HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + (key == null ? "" : WITH_KEY)
            + "Content-Length: 100000\r\n\r\n{";
    HealthWatch.during(
        managementPort,
        "/actuator/health",
        () -> {
          try (SlowClients clients = new SlowClients(managementPort, CLIENTS, head)) {
            clients.go(A_WHILE, " ");
          }
        });
  }

  @Test
  void headersThatComeSlowlyHoldUpNobody() {
    HealthWatch.during(
        service.port(),
        () -> {
          String head = "GET /health HTTP/1.1\r\nHost: localhost\r\nX-Long: ";
          try (SlowClients clients = new SlowClients(service.port(), CLIENTS, head)) {
            clients.go(A_WHILE, "x");
          }
        });
  }

  @Test
  void answersThatAreReadSlowlyHoldUpNobody() {
    database
        .jdbc()
        .sql(
            """
            INSERT INTO backfill_jobs (id, file_name, status, total_rows)
            SELECT gen_random_uuid(), repeat('x', 20000) || i, 'completed', 0 FROM generate_series(1, 500) AS i
            """)
        .update();
    HealthWatch.during(
        service.port(),
        () -> {
          String request =
              "GET /import/backfill?limit=500 HTTP/1.1\r\nHost: localhost\r\n" + WITH_KEY + "\r\n";
          try (SlowClients clients = new SlowClients(service.port(), CLIENTS, request)) {
            clients.go(A_WHILE, "");
          }
        });
    database.jdbc().sql("DELETE FROM backfill_jobs").update();
  }

  /** As many requests on each connection as the server accepts on one. */
  @ParameterizedTest
  @CsvSource({"without a key,", "with a key, with-key"})
  void requestsThatAreSentWithoutReadingTheAnswersHoldUpNobody(String what, String key) {
    database
        .jdbc()
        .sql(
            """
            INSERT INTO backfill_jobs (id, file_name, status, total_rows)
            SELECT gen_random_uuid(), 'file ' || i, 'completed', 0 FROM generate_series(1, 500) AS i
            """)
        .update();
    String request =
        "GET /import/backfill?limit=100 HTTP/1.1\r\nHost: localhost\r\n"
            + (key == null ? "" : WITH_KEY)
            + "\r\n";
    HealthWatch.during(
        service.port(),
        () -> {
          try (SlowClients clients =
              new SlowClients(service.port(), CLIENTS, request.repeat(100))) {
            clients.hold(A_WHILE);
          }
        });
    database.jdbc().sql("DELETE FROM backfill_jobs").update();
  }

  @Test
  void watchersBeyondTheLimitAreRefusedAndTheOthersAreForgottenWhenTheyLeave() {
    watch(1_000);
  }

  @Test
  @Tag("faults")
  void sixThousandWatchersDoNoHarm() {
    watch(6_000);
  }

  private static void watch(int count) {
    String job = client.start("x.csv", SessionFiles.good(1)).jobId();
    HealthWatch.during(
        service.port(),
        () -> {
          String request =
              "GET /import/backfill/"
                  + job
                  + "/progress HTTP/1.1\r\nHost: localhost\r\n"
                  + WITH_KEY
                  + "\r\n";
          try (SlowClients clients = new SlowClients(service.port(), count, request)) {
            clients.go(A_WHILE, "");
            assertThat(clients.statuses()).containsOnlyKeys(200, 429);
          }
        });
    await().atMost(PATIENCE).until(() -> metric("kintell_progress_watchers") == 0);
  }

  @Test
  void slowDownloadsOfLongRowsDoNoHarm() throws Exception {
    download(40, 40);
  }

  @Test
  @Tag("faults")
  void aHundredSlowDownloadsOfLongRowsDoNoHarm() throws Exception {
    download(100, 100);
  }

  private static void download(int count, int clientsThatLeave) throws IOException {
    String job = client.start("x.zip", longRows()).jobId();
    client.resume(job);
    await().atMost(PATIENCE).until(() -> status(job).equals("completed"));
    HealthWatch.during(
        service.port(),
        () -> {
          String request =
              "GET /import/backfill/"
                  + job
                  + "/errors HTTP/1.1\r\nHost: localhost\r\n"
                  + WITH_KEY
                  + "\r\n";
          try (SlowClients clients = new SlowClients(service.port(), count, request)) {
            clients.go(A_WHILE, "");
            assertThat(clients.statuses()).containsOnlyKeys(200, 429);
          }
        });
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Answer whole = client.errors(job);
              assertThat(whole.status()).isEqualTo(200);
              assertThat(whole.bytes().length).isGreaterThan(LONG_ROWS * LONG_ROW);
            });
  }

  /** A few hundred kilobytes. */
  private static byte[] longRows() throws IOException {
    ByteArrayOutputStream zip = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(zip)) {
      out.putNextEntry(new ZipEntry("x.csv"));
      out.write(SessionFiles.HEADER.getBytes(StandardCharsets.UTF_8));
      byte[] feedback = "x".repeat(LONG_ROW).getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < LONG_ROWS; i++) {
        out.write(
            "L-%d,Mentorship,nobody@example.com,nobody@example.com,2024-01-01T00:00:00Z,5,,"
                .formatted(i)
                .getBytes(StandardCharsets.UTF_8));
        out.write(feedback);
        out.write(",\n".getBytes(StandardCharsets.UTF_8));
      }
    }
    return zip.toByteArray();
  }

  @Test
  void searchesBeyondTheLimitAreRefusedAndTheServiceIsWell() {
    database
        .jdbc()
        .sql(
            """
            INSERT INTO backfill_jobs (id, file_name, status, total_rows)
            SELECT gen_random_uuid(), 'file ' || i, 'completed', 0 FROM generate_series(1, 200000) AS i
            """)
        .update();
    ExecutorService threads = Executors.newFixedThreadPool(60);
    try {
      HealthWatch.during(
          service.port(),
          () -> {
            List<CompletableFuture<Integer>> searches =
                Stream.generate(
                        () ->
                            CompletableFuture.supplyAsync(
                                () -> client.get("/import/backfill?name=nowhere").status(),
                                threads))
                    .limit(120)
                    .toList();
            int most = 0;
            while (!searches.stream().allMatch(CompletableFuture::isDone)) {
              most = Math.max(most, searchesInTheDatabase());
            }
            assertThat(most).as("searches at once").isBetween(1, MOST_SEARCHES);
            assertThat(searches).allMatch(search -> List.of(200, 429).contains(search.join()));
          });
    } finally {
      threads.shutdownNow();
    }
    database.jdbc().sql("DELETE FROM backfill_jobs").update();
  }

  private static int searchesInTheDatabase() {
    return database
        .jdbc()
        .sql(
            """
            SELECT count(*)
              FROM pg_stat_activity
             WHERE datname = current_database() AND backend_type = 'client backend' AND state = 'active'
               AND pid <> pg_backend_pid()
               AND strpos(query, 'left(job.file_name, 255)') > 0
            """)
        .query(Integer.class)
        .single();
  }

  private static String status(String job) {
    return client.status(job).json().path("status").asText();
  }

  private static double metric(String name) {
    Matcher value =
        Pattern.compile("(?m)^" + name + "(?:\\{.*})? (\\S+)$")
            .matcher(
                new BackfillClient(managementPort).withKey(KEY).get("/actuator/prometheus").text());
    assertThat(value.find()).as(name).isTrue();
    return Double.parseDouble(value.group(1));
  }
}
