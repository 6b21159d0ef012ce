package org.kintell.backfill.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.DebianPackage;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.OtherNode;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.yaml.snakeyaml.Yaml;

/** Metrics are true, and panels and alerts use existing metrics only. */
@IntegrationTest
class MetricsIT {

  private static final Path DEPLOY = Path.of("deploy");
  private static final Path ALERTS = DEPLOY.resolve("prometheus/alerts.yml");
  private static final Path DASHBOARD = DEPLOY.resolve("grafana/dashboards/kintell-connector.json");

  /** Longer than the interval of the gauges' query. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired JdbcTemplate jdbcTemplate;
  @Autowired JobMetrics gauges;
  @Autowired TransactionTemplate transaction;

  @Test
  void rowsAreCountedByOutcomeAndCause() {
    addUsers();
    Map<String, Double> before = scrape();

    client.importFile("sessions.csv", SessionFiles.withBadRows(12, row -> row % 4 == 0));
    client.importFile("again.csv", SessionFiles.good(2));

    Map<String, Double> after = scrape();
    assertThat(added(before, after, "kintell_rows_total{outcome=\"imported\"}")).isEqualTo(9);
    assertThat(added(before, after, "kintell_rows_total{outcome=\"rejected\"}")).isEqualTo(5);
    assertThat(added(before, after, "kintell_row_faults_total{cause=\"invalid-rating\"}"))
        .isEqualTo(3);
    assertThat(added(before, after, "kintell_row_faults_total{cause=\"duplicate-session-id\"}"))
        .isEqualTo(2);
    assertThat(after).containsKey("kintell_row_faults_total{cause=\"participant-not-found\"}");
    assertThat(added(before, after, "kintell_chunk_load_seconds_count")).isEqualTo(2);
    assertThat(added(before, after, "kintell_chunk_load_seconds_bucket{le=\"+Inf\"}")).isEqualTo(2);
    assertThat(added(before, after, "kintell_verifications_total{result=\"consistent\"}"))
        .isEqualTo(2);
  }

  /** In an application and a database of its own: others publish any events that they find. */
  @Test
  void eventsAreCountedAndTimed() {
    try (Database database = RealParts.newDatabase();
        ServiceInThisJvm service = new ServiceInThisJvm(database)) {
      database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);

      service.client().importFile("sessions.csv", SessionFiles.good(9));
      String update = "/import/backfill/start?autostart=true&onDuplicate=update";
      service.client().start(update, SessionFiles.good(5), 202);

      await()
          .untilAsserted(
              () -> {
                Map<String, Double> metrics = scrape(service.client());
                assertThat(metrics).containsEntry("kintell_events_published_total", 14.0);
                assertThat(metrics)
                    .containsEntry("kintell_event_publish_latency_seconds_count", 2.0);
              });
    }
  }

  @Test
  void inconsistentJobsAreCounted() {
    addUsers();
    String job =
        client
            .importFile("sessions.csv", SessionFiles.withBadRows(3, row -> row == 2))
            .path("jobId")
            .asText();
    jdbc.sql("DELETE FROM backfill_rejects").update();
    Map<String, Double> before = scrape();

    client.get("/import/backfill/" + job + "/verify");

    assertThat(added(before, scrape(), "kintell_verifications_total{result=\"inconsistent\"}"))
        .isEqualTo(1);
  }

  @Test
  void jobsAndWhatWaitsAreGauges() {
    addUsers();
    client.start("never.csv", SessionFiles.good(1));
    String job = client.start("sessions.csv", SessionFiles.good(10_001)).jobId();
    transaction.executeWithoutResult(
        held -> {
          // The chunk cannot be claimed while its line is locked, so the job cannot end.
          jdbc.sql("SELECT * FROM backfill_chunks WHERE chunk_no = 2 FOR UPDATE").query(r -> {});
          client.send(
              client
                  .request("/import/backfill/" + job + "/resume")
                  .header("Prefer", "wait=0")
                  .POST(BodyPublishers.noBody()));
          awaitGauge("kintell_jobs{status=\"running\"}", 1);
          awaitGauge("kintell_chunks_pending", 1);
          awaitGauge("kintell_chunks_in_flight", 0);
          awaitGauge("kintell_nodes", 1);
          awaitGauge("kintell_jobs{status=\"pending\"}", 1);
          awaitGauge("kintell_jobs_waiting", 0);
        });
    awaitMeasured("kintell_jobs{status=\"completed\"}", 1);
    awaitMeasured("kintell_events_pending", 0);
    awaitGauge("kintell_database_up", 1);
    awaitGauge("kintell_nats_connected", 1);
    assertThat(scrape())
        .containsEntry("kintell_oldest_unpublished_chunk_age_seconds", 0.0)
        .containsEntry("kintell_queue_depth{queue=\"finish-job\"}", 0.0)
        .containsEntry("kintell_queue_depth{queue=\"take-chunk\"}", 0.0)
        .containsKey("hikaricp_connections_active{pool=\"database\"}");
  }

  @Test
  void aJobThatStandsStillIsSeenBesideOneThatMoves() {
    addUsers();
    // Another live process has its only chunk, and does not load it.
    OtherNode other = new OtherNode(jdbc, 4713);
    client.start("still.csv", SessionFiles.good(3));
    jdbc.sql("UPDATE backfill_chunks SET loader = 4713, attempts = 1, claimed_at = now()").update();
    jdbc.sql("UPDATE backfill_jobs SET status = 'running', owner = 4713, queued_at = now()")
        .update();
    jdbc.sql("UPDATE backfill_jobs SET phase_at = now() - interval '20 minutes'").update();

    client.importFile("moves.csv", SessionFiles.good(9));

    gauges.measure();
    assertThat(scrape().get("kintell_job_standstill_seconds")).isBetween(1200.0, 1300.0);
    other.vanish();
    awaitMeasured("kintell_job_standstill_seconds", 0);
  }

  @Test
  void chunksWhoseEventsWaitAreSeenWithTheirAge() {
    addUsers();
    client.importFile("sessions.csv", SessionFiles.good(3));
    await().until(() -> publishedChunks() == 1);
    // As if it belonged to another live process: this one ignores it.
    OtherNode other = new OtherNode(jdbc, 4712);
    jdbc.sql(
            """
            UPDATE backfill_chunks
               SET published_at = NULL, publisher = 4712, loaded_at = now() - interval '1 hour'
            """)
        .update();
    awaitMeasured("kintell_events_pending", 3);
    assertThat(scrape().get("kintell_oldest_unpublished_chunk_age_seconds"))
        .isBetween(3600.0, 3700.0);
    other.vanish();
    awaitMeasured("kintell_events_pending", 0);
  }

  @Test
  void noLabelNamesAJob() {
    addUsers();
    String job = client.importFile("sessions.csv", SessionFiles.good(3)).path("jobId").asText();
    client.get("/import/backfill/" + job + "/progress");
    client.get("/import/backfill/" + job + "/nothing");
    client.get("/import/backfill/nonsense/status");

    assertThat(text()).doesNotContain(job).doesNotContain("nonsense").doesNotContain("@example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"prometheus/alerts.yml", "grafana/dashboards/kintell-connector.json"})
  void everyMetricOfTheFileExists(String file) throws IOException {
    Set<String> asked =
        Pattern.compile("\\b(kintell|hikaricp|jvm|http_server|process)_[a-z_]+")
            .matcher(Files.readString(DEPLOY.resolve(file)))
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(asked).hasSizeGreaterThan(5);

    Set<String> there =
        scrape().keySet().stream()
            .map(series -> series.replaceAll("\\{.*", ""))
            .collect(Collectors.toSet());

    assertThat(there).containsAll(asked);
  }

  /** The table of the service's own metrics, compared with a scrape. */
  @Test
  void everyMetricOfTheServiceIsDocumentedAndNoOther() throws IOException {
    addUsers();
    client.importFile("sessions.csv", SessionFiles.withBadRows(3, row -> row == 2));
    Set<String> documented =
        Pattern.compile("(?m)^\\| (`.*?`) \\| (counter|gauge|histogram) ")
            .matcher(Files.readString(Path.of("docs", "monitoring.md")))
            .results()
            .flatMap(row -> Pattern.compile("`(\\w+)").matcher(row.group(1)).results())
            .map(name -> name.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> own =
        scrape().keySet().stream()
            .map(series -> series.replaceAll("\\{.*", ""))
            .filter(name -> name.matches("(kintell|backfill)_.*"))
            .map(name -> name.replaceFirst("(_seconds)_(count|sum|max|bucket)$", "$1"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(own).isEqualTo(documented);
  }

  @Test
  void everyAlertIsDescribedAndHasItsSectionOfTheRunbook() throws IOException {
    JsonNode rules =
        new ObjectMapper()
            .valueToTree(new Yaml().<Object>load(Files.readString(ALERTS)))
            .at("/groups/0/rules");
    String described = Files.readString(Path.of("docs", "monitoring.md"));
    String runbook = Files.readString(Path.of("docs", "runbook.md"));
    String cases = Files.readString(ALERTS.resolveSibling("alerts.test.yml"));
    assertThat(rules).isNotEmpty();
    for (JsonNode rule : rules) {
      String name = rule.path("alert").asText();
      assertThat(rule.at("/annotations/runbook").asText())
          .isEqualTo("docs/runbook.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(rule.at("/annotations/summary").asText()).as(name).isNotBlank();
      assertThat(rule.at("/annotations/action").asText()).as(name).isNotBlank();
      assertThat(rule.at("/labels/severity").asText()).as(name).isIn("warning", "critical");
      assertThat(described).contains("`" + name + "`");
      assertThat(runbook).contains("\n## " + name + "\n");
      assertThat(cases).as("a case in which it fires, and one in which it does not").contains(name);
    }
  }

  /** Each statement of the runbook, on the service's own tables; its changes are rolled back. */
  @Test
  void theStatementsOfTheRunbookRun() throws IOException {
    List<String> statements =
        Pattern.compile("^ *```sql\n(.*?)```", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs", "runbook.md")))
            .results()
            .map(block -> block.group(1).replace("<pid>", "0"))
            .map(block -> block.replace("<jobId>", UUID.randomUUID().toString()).strip())
            .toList();
    assertThat(statements).hasSizeGreaterThan(3);
    transaction.executeWithoutResult(
        status -> {
          status.setRollbackOnly();
          statements.forEach(statement -> jdbcTemplate.execute(statement));
        });
  }

  /** The service serves each address of the runbook. */
  @Test
  void theAddressesOfTheRunbookAreServed() throws IOException {
    String served = client.get("/openapi.json").text();
    List<String> paths =
        Pattern.compile("\\$KINTELL(/[^\"? ]*)")
            .matcher(Files.readString(Path.of("docs", "runbook.md")))
            .results()
            .map(path -> path.group(1).replace("$JOB_ID", "{jobId}"))
            .filter(path -> !path.startsWith("/actuator"))
            .distinct()
            .toList();
    assertThat(paths).hasSizeGreaterThan(5).allMatch(path -> served.contains('"' + path + '"'));
    assertThat(client.get("/actuator/support").status()).isEqualTo(200);
  }

  @Test
  void everyPanelAsksPrometheus() throws IOException {
    JsonNode panels = new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels");
    assertThat(panels).isNotEmpty();
    for (JsonNode panel : panels) {
      assertThat(panel.path("title").asText()).isNotBlank();
      assertThat(panel.at("/targets/0/expr").asText())
          .as(panel.path("title").asText())
          .isNotBlank();
    }
  }

  /** Prometheus's own tool tests the rules. */
  @Test
  void promtoolFindsTheRulesRightAndTheyFireWhenTheyShould() throws Exception {
    String program = DebianPackage.program("prometheus", "usr/bin/promtool").toString();
    // The file with the key exists only in a container.
    run(List.of(program, "check", "config", "--syntax-only", "prometheus.yml"));
    run(List.of(program, "check", "rules", "alerts.yml"));
    run(List.of(program, "test", "rules", "alerts.test.yml"));
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(Path.of("target"), "promtool", ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(ALERTS.getParent().toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isZero();
  }

  private void addUsers() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  private long publishedChunks() {
    return jdbc.sql("SELECT count(*) FROM backfill_chunks WHERE published_at IS NOT NULL")
        .query(Long.class)
        .single();
  }

  private void awaitGauge(String series, double value) {
    await(series)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(scrape()).containsEntry(series, value));
  }

  /** Measures at each try instead of waiting for the timer that does. */
  private void awaitMeasured(String series, double value) {
    await(series)
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              gauges.measure();
              assertThat(scrape()).containsEntry(series, value);
            });
  }

  private static double added(
      Map<String, Double> before, Map<String, Double> after, String series) {
    assertThat(after).containsKey(series);
    return after.get(series) - before.getOrDefault(series, 0.0);
  }

  private String text() {
    return text(client);
  }

  private static String text(BackfillClient client) {
    Answer answer = client.get("/actuator/prometheus");
    assertThat(answer.status()).isEqualTo(200);
    return answer.text();
  }

  /** Each series with its value. */
  private Map<String, Double> scrape() {
    return scrape(client);
  }

  private static Map<String, Double> scrape(BackfillClient client) {
    return text(client)
        .lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .map(line -> line.split(" (?=[^ ]+$)"))
        .collect(Collectors.toMap(part -> part[0], part -> Double.parseDouble(part[1])));
  }
}
