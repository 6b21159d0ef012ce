package org.kintell.backfill.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Subscription;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.kintell.backfill.event.PublishedEvents.Published;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.EmptyTables;
import org.kintell.backfill.testsupport.NatsServer;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceProcess;
import org.kintell.backfill.testsupport.SessionFiles;

/**
 * After any kill, each imported session has exactly one event in the stream in the end. The tests
 * share the servers and the service, and leave them running.
 */
@TestMethodOrder(OrderAnnotation.class)
@SuppressWarnings("try") // A NATS connection's close() may be interrupted; a test then ends anyway.
class EventFaultsIT {

  private static final int ROWS = 20_000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static Database database;
  private static NatsServer nats;
  private static ServiceProcess service;

  @BeforeAll
  static void start() {
    database = RealParts.newDatabase();
    nats = NatsServer.withJetStream().start();
    service =
        new ServiceProcess(
                Map.of(
                    "DATABASE_URL",
                    database.url(),
                    "NATS_URL",
                    nats.url(),
                    "BACKFILL_CHUNK_ROWS",
                    "1000"))
            .start();
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @BeforeEach
  void forgetTheTestBefore() throws Exception {
    EmptyTables.emptyJobs(database.jdbc());
    PublishedEvents.purge(nats.url());
  }

  @AfterAll
  static void stop() {
    service.close();
    nats.close();
    database.close();
  }

  @Test
  void natsIsKilledInTheMiddleOfAJobAndComesBack() throws Exception {
    database.holdUpWhen("NEW.published_at IS NOT NULL AND NEW.chunk_no = 5");
    String job = startJob();
    database.awaitHeldUp();
    nats.kill();
    database.letGo();
    await().atMost(PATIENCE).until(() -> status(job, "status").equals("completed"));

    nats.start();

    awaitAllPublished(job);
    assertThatTheStreamHoldsEachSessionOnce();
  }

  /** NATS's client closes its connection for good when it was refused twice. */
  @Test
  void natsRefusesTheLoginForAWhile() throws Exception {
    nats.kill();
    nats.startForAnotherUser();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(service.client().get("/health").json().path("nats").asText())
                    .startsWith("away; events wait in the database (nats://127.0.0.1:")
                    .endsWith(" refuses the connection: Authorization Violation)"));
    String job = startJob();
    await().atMost(PATIENCE).until(() -> status(job, "status").equals("completed"));
    nats.kill();
    nats.start();

    awaitAllPublished(job);
    assertThatTheStreamHoldsEachSessionOnce();
    assertThat(Files.readString(service.log()).split("refuses the connection")).hasSize(2);
  }

  /** As the later chunks of {@link #theServiceIsKilledBetweenPublishAndMark}. */
  @Test
  @Tag("faults")
  void theServiceIsKilledBetweenCommitAndPublish() throws Exception {
    database.holdUpWhen("OLD.publisher IS NULL AND NEW.publisher IS NOT NULL AND NEW.chunk_no = 3");
    String job = startJob();
    database.awaitHeldUp();
    service.kill();
    database.letGo();

    service.start();

    awaitAllPublished(job);
    assertThatTheStreamHoldsEachSessionOnce();
  }

  @Test
  void theServiceIsKilledBetweenPublishAndMark() throws Exception {
    try (Connection plain = Nats.connect(nats.url())) {
      Subscription subscription = plain.subscribe("kintell.session.completed");
      plain.flush(Duration.ofSeconds(5));
      database.holdUpWhen("NEW.published_at IS NOT NULL AND NEW.chunk_no = 3");
      String job = startJob();
      database.awaitHeldUp();
      service.kill();
      database.letGo();

      service.start();

      awaitAllPublished(job);
      assertThatTheStreamHoldsEachSessionOnce();
      Map<String, String> idsBySession = new HashMap<>();
      for (Published event : received(subscription)) {
        String earlier = idsBySession.put(event.externalSessionId(), event.id());
        assertThat(earlier).isIn(null, event.id());
      }
      assertThat(idsBySession).hasSize(ROWS);
    }
  }

  /** Last, because the service has other settings from here on. */
  @Test
  @Order(Integer.MAX_VALUE)
  void theStreamForgetsIdsAfterASecondAndTheServiceStaysAwayForFive() throws Exception {
    service.stop();
    service.with("BACKFILL_STREAM", "SHORT").with("BACKFILL_STREAM_DUPLICATE_WINDOW", "1s");
    try (Connection connection = Nats.connect(nats.url())) {
      for (String stream : connection.jetStreamManagement().getStreamNames()) {
        connection.jetStreamManagement().deleteStream(stream);
      }
    }
    service.start();
    database.holdUpWhen("NEW.published_at IS NOT NULL AND NEW.chunk_no = 3");
    String job = startJob();
    database.awaitHeldUp();
    service.kill();
    database.letGo();
    long killed = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .until(() -> System.nanoTime() - killed > Duration.ofSeconds(5).toNanos());

    service.start();

    awaitAllPublished(job);
    assertThatTheStreamHoldsEachSessionOnce();
  }

  @Test
  void thereIsNoNatsForALongTime() throws Exception {
    int outages = log("NATS is away since").size();
    int ends = log("NATS is back after").size();
    nats.kill();
    String job = startJob();
    await().atMost(PATIENCE).until(() -> status(job, "status").equals("completed"));

    assertThat(status(job, "eventsPending")).isEqualTo(Integer.toString(ROWS));
    assertThat(status(job, "eventsPublished")).isEqualTo("0");
    var health = service.client().get("/health");
    assertThat(health.status()).isEqualTo(200);
    assertThat(health.json().path("status").asText()).isEqualTo("ok");
    assertThat(health.json().path("nats").asText()).startsWith("away");

    nats.start();

    awaitAllPublished(job);
    assertThatTheStreamHoldsEachSessionOnce();
    assertThat(log("NATS is away since")).hasSize(outages + 1);
    assertThat(log("NATS is back after")).hasSize(ends + 1);
  }

  /** First, because it reads the whole log of the service. */
  @Test
  @Order(1)
  void theStreamIsFullForAWhile() throws Exception {
    try (Connection connection = Nats.connect(nats.url())) {
      JetStreamManagement streams = connection.jetStreamManagement();
      await().atMost(PATIENCE).until(() -> streams.getStreamNames().contains("KINTELL"));
      StreamConfiguration roomy = streams.getStreamInfo("KINTELL").getConfiguration();
      streams.updateStream(StreamConfiguration.builder(roomy).maxMessages(1).build());
      connection.jetStream().publish("kintell.full", new byte[0]);

      String job = startJob();
      await().atMost(PATIENCE).until(() -> status(job, "status").equals("completed"));
      long completed = System.nanoTime();
      await()
          .atMost(PATIENCE)
          .until(() -> System.nanoTime() - completed > Duration.ofSeconds(3).toNanos());
      assertThat(status(job, "eventsPublished")).isEqualTo("0");
      assertThat(service.client().get("/health").json().path("nats").asText())
          .contains("cannot be published", "maximum messages exceeded");
      streams.updateStream(roomy);

      awaitAllPublished(job);
      assertThatTheStreamHoldsEachSessionOnce();
      for (String event : List.of("started", "completed")) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(PublishedEvents.on(nats.url(), "kintell.backfill." + event))
                        .hasSize(1));
      }
      await().atMost(PATIENCE).until(() -> log("Events are published again after").size() == 1);
      assertThat(service.client().get("/health").json().path("nats").asText()).isEqualTo("ok");
      assertThat(log("WARN"))
          .singleElement()
          .asString()
          .contains("Events cannot be published since", "maximum messages exceeded");
      assertThat(log("Stream KINTELL")).hasSize(1);
    }
  }

  private List<String> log(String words) throws IOException {
    return Files.readAllLines(service.log()).stream().filter(line -> line.contains(words)).toList();
  }

  private String startJob() {
    return service
        .client()
        .start("/import/backfill/start?autostart=true", SessionFiles.good(ROWS), 202);
  }

  private String status(String job, String field) {
    return service.client().status(job).json().path(field).asText();
  }

  private void awaitAllPublished(String job) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              assertThat(status(job, "status")).isEqualTo("completed");
              assertThat(status(job, "eventsPending")).isEqualTo("0");
              assertThat(status(job, "eventsPublished")).isEqualTo(Integer.toString(ROWS));
            });
  }

  private void assertThatTheStreamHoldsEachSessionOnce() throws Exception {
    List<Published> events = PublishedEvents.on(nats.url(), "kintell.session.completed");
    assertThat(events).extracting(Published::id).doesNotHaveDuplicates();
    assertThat(events)
        .extracting(Published::externalSessionId)
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(database.sessions().ids());
    assertThat(events).hasSize(ROWS);
  }

  private static List<Published> received(Subscription subscription) throws Exception {
    List<Published> received = new ArrayList<>();
    Message message;
    while ((message = subscription.nextMessage(Duration.ofSeconds(1))) != null) {
      received.add(Published.of(message));
    }
    return received;
  }
}
