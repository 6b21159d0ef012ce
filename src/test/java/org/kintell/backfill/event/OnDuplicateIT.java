package org.kintell.backfill.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.event.PublishedEvents.Published;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.BackfillClient.Answer;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Outcome of rows whose session exists, in the database or earlier in the file. */
@IntegrationTest
@Chunks(rows = 5)
class OnDuplicateIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path SCHEMA = Path.of("docs/events/session-completed.schema.json");

  /** Three new ids, one that exists, and repeats: one of a bad row, three of good ones. */
  private static final byte[] FILE =
      Stream.of("A 1", "OLD 2", "B 9", "C 2", "A 3", "B 4", "C bad", "A 5", "B 2")
          .map(row -> row.split(" "))
          .map(row -> SessionFiles.row(row[0], row[1]))
          .reduce(SessionFiles.HEADER, String::concat)
          .getBytes(StandardCharsets.UTF_8);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired EventLedger ledger;

  @BeforeEach
  void prepare() throws Exception {
    PublishedEvents.purge(RealParts.natsUrl());
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    sessions.add("OLD", SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void rejectIsTheDefault() throws Exception {
    for (String parameters : List.of("", "?onDuplicate=reject")) {
      JsonNode end = imported(parameters, FILE);
      assertThat(end.path("onDuplicate").asText()).isEqualTo("reject");
      assertThat(end.path("skippedRows").asInt(-1)).isZero();
      assertThat(end.path("updatedRows").asInt(-1)).isZero();
      assertThat(end.path("successfulRows").asInt()).isEqualTo(parameters.isEmpty() ? 3 : 0);
      assertThat(end.path("failedRows").asInt()).isEqualTo(parameters.isEmpty() ? 6 : 9);
    }
  }

  @Test
  void skipCountsRepeatsAndLeavesEverySessionAsItIs() throws Exception {
    JsonNode end = imported("?onDuplicate=skip", FILE);

    assertCounts(end, 3, 2, 4, 0);
    assertThat(ratings())
        .isEqualTo(new TreeMap<>(Map.of("A", "1", "B", "4", "C", "2", "OLD", "-")));
    assertThat(published())
        .extracting(Published::externalSessionId)
        .containsExactlyInAnyOrder("A", "B", "C");

    JsonNode again = imported("?onDuplicate=skip", SessionFiles.good(2));
    assertCounts(again, 2, 0, 0, 0);
    assertCounts(imported("?onDuplicate=skip", SessionFiles.good(2)), 0, 0, 2, 0);
  }

  @Test
  void updateGivesEachSessionTheValuesOfItsLastRowAndPublishesThem() throws Exception {
    Map<String, UUID> before = ids();

    JsonNode end = imported("?onDuplicate=update", FILE);

    assertCounts(end, 3, 2, 0, 4);
    assertThat(ratings())
        .isEqualTo(new TreeMap<>(Map.of("A", "5", "B", "2", "C", "2", "OLD", "2")));
    assertThat(ids()).containsAllEntriesOf(before).hasSize(4);
    assertThat(sessions.rowsById()).containsEntry("A", 1L).containsEntry("B", 6L);
    assertThat(
            jdbc.sql("SELECT job_id IS NULL FROM kintell_sessions WHERE external_session_id = ?")
                .param("OLD")
                .query(Boolean.class)
                .single())
        .as("the session keeps its creator")
        .isTrue();
    List<Published> events = published();
    assertThat(events)
        .extracting(Published::externalSessionId)
        .containsExactlyInAnyOrder("A", "B", "C", "OLD", "A", "A", "B");
    assertThat(events).extracting(Published::id).doesNotHaveDuplicates();
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(Files.readString(SCHEMA));
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(schema.validate(event.json())).isEmpty();
              assertThat(event.json().at("/data/sessionId").asText())
                  .isEqualTo(ids().get(event.externalSessionId()).toString());
              assertThat(event.json().at("/metadata/correlationId").asText())
                  .isEqualTo(end.path("jobId").asText());
            });
  }

  @Test
  void anUpdateCanTakeAValueAway() throws Exception {
    imported("", (SessionFiles.HEADER + SessionFiles.row("A", "3")).getBytes());

    imported("?onDuplicate=update", (SessionFiles.HEADER + SessionFiles.row("A", "")).getBytes());

    assertThat(ratings()).containsEntry("A", "-");
  }

  @Test
  void eventsReadBackFromTheDatabaseAreTheSame() throws Exception {
    UUID job = UUID.fromString(imported("?onDuplicate=update", FILE).path("jobId").asText());

    List<String> readBack =
        IntStream.range(
                0, jdbc.sql("SELECT count(*) FROM backfill_chunks").query(Integer.class).single())
            .mapToObj(chunkNo -> ledger.load(new ChunkRef(job, chunkNo)))
            .flatMap(SessionCompleted::events)
            .map(Event::id)
            .toList();

    assertThat(readBack)
        .containsExactlyInAnyOrderElementsOf(published().stream().map(Published::id).toList());
  }

  @Test
  void updatesThatNobodyPublishedArePublishedLater() throws Exception {
    imported("?onDuplicate=update", FILE);
    PublishedEvents.purge(RealParts.natsUrl());
    // Ids that the stream does not remember.
    jdbc.sql("UPDATE backfill_updates SET source_row = source_row + 100").update();
    jdbc.sql("UPDATE backfill_chunks SET published_at = NULL, publisher = NULL WHERE updated > 0")
        .update();

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(published())
                    .extracting(Published::externalSessionId)
                    .containsExactlyInAnyOrder("A", "A", "B", "OLD"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"skip", "update"})
  void twoJobsOfTheSameFileAtOnceShareItsRows(String policy) throws Exception {
    byte[] file = SessionFiles.good(1000);
    String parameters = "?autostart=true&onDuplicate=" + policy;
    List<String> jobs = List.of(start(parameters, file).jobId(), start(parameters, file).jobId());

    long created = 0;
    for (String job : jobs) {
      JsonNode end = ended(job);
      assertThat(end.path("failedRows").asInt()).isZero();
      assertThat(end.path("processedRows").asInt()).isEqualTo(1000);
      created += end.path("successfulRows").asLong();
    }
    assertThat(created).isEqualTo(1000);
    assertThat(sessions.ids()).hasSize(1001);
  }

  @Test
  void aJobStoppedInTheMiddleGoesOnAndUpdatesEachRowOnce() throws Exception {
    imported("", SessionFiles.good(1000));
    String job =
        start(
                "?autostart=true&onDuplicate=update",
                SessionFiles.withBadRows(1000, row -> row % 100 == 0))
            .jobId();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> client.status(job).json().path("updatedRows").asInt() > 0);
    client.ask(job, "pause");
    await()
        .atMost(PATIENCE)
        .until(() -> client.status(job).json().path("status").asText().equals("paused"));
    client.resumeWithoutWaiting(job);

    assertCounts(ended(job), 0, 10, 0, 990);
    assertThat(published()).hasSize(1000 + 990).extracting(Published::id).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({"ignore", "SKIP", "''", "reject;drop"})
  void anUnknownPolicyIsRefusedAndCreatesNothing(String policy) {
    Answer answer = start("?onDuplicate=" + policy, FILE);

    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.json().path("type").asText()).endsWith(":invalid-parameter");
    assertThat(answer.json().path("detail").asText()).contains("onDuplicate", "skip", "update");
    assertThat(jdbc.sql("SELECT count(*) FROM backfill_jobs").query(Long.class).single()).isZero();
  }

  private Answer start(String parameters, byte[] file) {
    return client.upload(
        "/import/backfill/start" + parameters, "x.csv", new ByteArrayInputStream(file));
  }

  private JsonNode imported(String parameters, byte[] file) {
    String job = client.importStarted(start(parameters, file)).path("jobId").asText();
    return ended(job);
  }

  /** The status of a completed job whose events are published. */
  private JsonNode ended(String job) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              JsonNode now = client.status(job).json();
              return now.path("status").asText().equals("completed")
                  && now.path("eventsPending").asInt(1) == 0;
            });
    return client.status(job).json();
  }

  private void assertCounts(JsonNode end, int successful, int failed, int skipped, int updated) {
    assertThat(end.path("successfulRows").asInt()).as("successful").isEqualTo(successful);
    assertThat(end.path("failedRows").asInt()).as("failed").isEqualTo(failed);
    assertThat(end.path("skippedRows").asInt()).as("skipped").isEqualTo(skipped);
    assertThat(end.path("updatedRows").asInt()).as("updated").isEqualTo(updated);
    assertThat(end.path("processedRows").asInt()).isEqualTo(end.path("totalRows").asInt());
    assertThat(end.path("eventsPublished").asInt()).isEqualTo(successful + updated);
    JsonNode verification =
        client.get("/import/backfill/" + end.path("jobId").asText() + "/verify").json();
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
    assertThat(verification.path("skippedRows").asInt()).isEqualTo(skipped);
    assertThat(verification.path("updatedRows").asInt()).isEqualTo(updated);
  }

  private Map<String, UUID> ids() {
    Map<String, UUID> ids = new TreeMap<>();
    jdbc.sql("SELECT external_session_id, id FROM kintell_sessions")
        .query(
            row -> {
              ids.put(row.getString(1), row.getObject(2, UUID.class));
            });
    return ids;
  }

  private Map<String, String> ratings() {
    Map<String, String> ratings = new TreeMap<>();
    jdbc.sql("SELECT external_session_id, coalesce(rating::text, '-') FROM kintell_sessions")
        .query(
            row -> {
              ratings.put(row.getString(1), row.getString(2));
            });
    return ratings;
  }

  private static List<Published> published() throws Exception {
    return PublishedEvents.on(RealParts.natsUrl(), "kintell.session.completed");
  }
}
