package org.kintell.backfill.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.event.PublishedEvents.Published;
import org.kintell.backfill.job.run.Throttle;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Every imported session becomes one event, and every job event is published. */
@IntegrationTest
@SuppressWarnings("try") // A NATS connection's close() may be interrupted; a test then ends anyway.
class EventsIT {

  private static final Path SCHEMA = Path.of("docs/events/session-completed.schema.json");

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired NatsLink link;
  @Autowired Throttle throttle;

  @BeforeEach
  void prepare() throws Exception {
    PublishedEvents.purge(RealParts.natsUrl());
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @Test
  void publishesEachImportedSessionOnceAndNothingElse() throws Exception {
    assertEachImportedSessionIsPublishedOnce(20_000);
  }

  @Test
  @Tag("faults")
  void publishesEachOfAHundredThousandImportedSessionsOnceAndNothingElse() throws Exception {
    assertEachImportedSessionIsPublishedOnce(100_000);
  }

  private void assertEachImportedSessionIsPublishedOnce(int rows) throws Exception {
    byte[] file = SessionFiles.withBadRows(rows, row -> row % 1000 == 0);

    String job = importAndAwaitEvents(file);

    List<Published> events = published();
    assertThat(events).extracting(Published::externalSessionId).doesNotHaveDuplicates();
    assertThat(events)
        .extracting(Published::externalSessionId)
        .containsExactlyInAnyOrderElementsOf(sessions.ids());
    assertThat(events).extracting(Published::id).doesNotHaveDuplicates();
    assertThat(events)
        .allSatisfy(
            event -> {
              assertThat(event.id()).isEqualTo(event.json().at("/metadata/id").asText());
              assertThat(event.json().at("/metadata/correlationId").asText()).isEqualTo(job);
            });
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(Files.readString(SCHEMA));
    assertThat(events).allSatisfy(e -> assertThat(schema.validate(e.json())).isEmpty());
  }

  @Test
  void writesAnEventExactlyAsApproved() throws Exception {
    String job = importAndAwaitEvents(SessionFiles.good(1));

    Published event = published().get(0);
    String session = jdbc.sql("SELECT id::text FROM kintell_sessions").query(String.class).single();
    String neutral =
        event
            .text()
            .replace(session, "SESSION")
            .replace(job, "JOB")
            .replace(event.id(), "EVENT")
            .replace(event.json().at("/metadata/timestamp").asText(), "TIMESTAMP");
    assertThat(neutral).isEqualToIgnoringNewLines(approved("session-completed.json"));
  }

  @Test
  void leavesAbsentOptionalValuesOut() throws Exception {
    importAndAwaitEvents(
        (SessionFiles.HEADER + SessionFiles.row("S-1", "").replace("B1", "")).getBytes("UTF-8"));

    JsonNode data = published().get(0).json().path("data");
    assertThat(data.has("rating")).isFalse();
    assertThat(data.has("languageLevel")).isFalse();
  }

  @Test
  void reachesPlainSubscribersToo() throws Exception {
    try (Connection plain = Nats.connect(RealParts.natsUrl())) {
      Subscription subscription = plain.subscribe("kintell.session.completed");
      plain.flush(Duration.ofSeconds(5));
      importAndAwaitEvents(SessionFiles.good(3));

      for (int i = 0; i < 3; i++) {
        assertThat(subscription.nextMessage(Duration.ofSeconds(5))).isNotNull();
      }
    }
  }

  @Test
  void aFewEventsDoNotWaitForALargeJob() throws Exception {
    throttle.limit(4_000);
    try {
      String large =
          client.start("/import/backfill/start?autostart=true", SessionFiles.good(60_000), 202);
      for (int i = 1; i <= 3; i++) {
        importAndAwaitEvents(
            (SessionFiles.HEADER + SessionFiles.row("small-" + i, "4"))
                .getBytes(StandardCharsets.UTF_8));
      }
      assertThat(client.status(large).json().path("status").asText()).isEqualTo("running");
      throttle.limit(0);
      awaitEvents(client.resume(large).json());
    } finally {
      throttle.limit(0);
    }
  }

  @Test
  void aFullStreamHoldsUpEventsButNotTheImport() throws Exception {
    int rows = 5_000;
    try (Connection connection = Nats.connect(RealParts.natsUrl())) {
      importAndAwaitEvents(SessionFiles.good(1));
      limitStream(connection, 300);
      String job =
          client
              .importFile("sessions.csv", SessionFiles.withBadRows(rows, row -> row == 1))
              .path("jobId")
              .asText();
      assertThat(client.status(job).json().path("status").asText()).isEqualTo("completed");
      assertThat(client.status(job).json().path("eventsPending").asLong()).isEqualTo(rows - 1);
      // More ids than the first attempt stored: the stream refused it in the middle of the chunk.
      await().until(() -> published().size() > 100);

      limitStream(connection, -1);

      await()
          .atMost(60, TimeUnit.SECONDS)
          .until(() -> client.status(job).json().path("eventsPending").asLong() == 0);
    }
    assertThat(published())
        .extracting(Published::externalSessionId)
        .containsExactlyInAnyOrderElementsOf(sessions.ids());
  }

  @Test
  void aLimitOfTheSizeIsLeftToServersThatDropNothingForIt() throws Exception {
    Connection connection = link.connection().orElseThrow();
    JetStreamManagement management = connection.jetStreamManagement();
    EventSettings limited =
        new EventSettings(
            new Secret(""), "", "LIMITED", 1, 1, 200_000, Duration.ZERO, Duration.ofMinutes(2), 1);
    long allowed = connection.getServerInfo().isSameOrNewerThanVersion("2.10.5") ? 200_000 : -1;
    try {
      // Repeated, because a job event may create the usual stream in between.
      await()
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                for (String stream : management.getStreamNames()) {
                  management.deleteStream(stream);
                }
                new EventStream(limited, link).ensure(connection);
                assertThat(management.getStreamInfo("LIMITED").getConfiguration().getMaxBytes())
                    .isEqualTo(allowed);
              });
    } finally {
      management.deleteStream("LIMITED");
    }
  }

  private static void limitStream(Connection connection, long maxMessages) throws Exception {
    JetStreamManagement management = connection.jetStreamManagement();
    String stream = management.getStreamNames("kintell.session.completed").get(0);
    management.updateStream(
        StreamConfiguration.builder(management.getStreamInfo(stream).getConfiguration())
            .maxMessages(maxMessages)
            .build());
  }

  @Test
  void aSubscriberThatDoesNotReadHoldsNobodyUp() throws Exception {
    try (Connection slow = Nats.connect(RealParts.natsUrl())) {
      Subscription neverRead = slow.subscribe("kintell.session.completed");
      neverRead.setPendingLimits(1, 1);
      slow.flush(Duration.ofSeconds(5));

      importAndAwaitEvents(SessionFiles.good(20_000));

      assertThat(published()).hasSize(20_000);
    }
  }

  @Test
  void publishesWhenAJobStartsCompletesAndFails() throws Exception {
    String job = importAndAwaitEvents(SessionFiles.good(10));

    await()
        .untilAsserted(
            () ->
                assertThat(jobEvents("completed"))
                    .singleElement()
                    .satisfies(
                        event -> {
                          assertThat(event.json().at("/data/jobId").asText()).isEqualTo(job);
                          assertThat(event.json().at("/data/status").asText())
                              .isEqualTo("completed");
                          assertThat(event.json().at("/data/successfulRows").asLong())
                              .isEqualTo(10);
                        }));
    assertThat(jobEvents("started")).hasSize(1);
    jdbc.sql("UPDATE backfill_jobs SET status = 'failed'").update();
    await().untilAsserted(() -> assertThat(jobEvents("failed")).hasSize(1));
    assertThat(jdbc.sql("SELECT milestones::text FROM backfill_jobs").query(String.class).single())
        .isEqualTo("{}");
  }

  @Test
  void aJobWithoutRowsIsCompletedLikeOthers() {
    String job = client.start("empty.csv", SessionFiles.HEADER).jobId();
    await()
        .untilAsserted(
            () ->
                assertThat(jobEvents("completed"))
                    .singleElement()
                    .satisfies(
                        event ->
                            assertThat(event.json().at("/data/jobId").asText()).isEqualTo(job)));
  }

  private String importAndAwaitEvents(byte[] file) {
    JsonNode status = client.importFile("sessions.csv", file);
    awaitEvents(status);
    return status.path("jobId").asText();
  }

  private void awaitEvents(JsonNode completed) {
    await()
        .atMost(60, TimeUnit.SECONDS)
        .untilAsserted(
            () -> {
              JsonNode now = client.status(completed.path("jobId").asText()).json();
              assertThat(now.path("eventsPending").asLong()).isZero();
              assertThat(now.path("eventsPublished").asLong())
                  .isEqualTo(completed.path("successfulRows").asLong());
            });
  }

  private static List<Published> published() throws Exception {
    return PublishedEvents.on(RealParts.natsUrl(), "kintell.session.completed");
  }

  private static List<Published> jobEvents(String name) throws Exception {
    return PublishedEvents.on(RealParts.natsUrl(), "kintell.backfill." + name);
  }

  private static String approved(String name) throws Exception {
    return Files.readString(Path.of("src/test/resources/approved", name)).strip();
  }
}
