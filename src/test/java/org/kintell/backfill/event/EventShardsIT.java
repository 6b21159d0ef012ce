package org.kintell.backfill.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.StreamConfiguration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.kintell.backfill.event.PublishedEvents.Published;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.NatsServer;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.ServiceInThisJvm;
import org.kintell.backfill.testsupport.SessionFiles;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** With shards, the events of sessions are spread over several streams by their chunk. */
@ExtendWith(OutputCaptureExtension.class)
@SuppressWarnings("try") // A NATS connection's close() may be interrupted; a test then ends anyway.
class EventShardsIT {

  private static final int SHARDS = 3;
  private static final int CHUNK_ROWS = 10;
  private static final int ROWS = 90;

  private final NatsServer nats = NatsServer.withJetStream().start();
  private final Database database = RealParts.newDatabase();

  @BeforeEach
  void addUsers() {
    database.sessions().addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
  }

  @AfterEach
  void close() {
    database.close();
    nats.close();
  }

  @Test
  void eachStreamHasTheEventsOfItsChunksAndAnotherTheJobs() throws Exception {
    importAndUndo();

    List<String> sessions = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      assertThat(streams("kintell.session.completed." + shard)).containsExactly("KINTELL-" + shard);
      List<Published> events = PublishedEvents.on(nats.url(), "kintell.session.completed." + shard);
      assertThat(events).hasSize(ROWS / SHARDS);
      assertThat(events)
          .allMatch(event -> event.json().path("type").asText().equals(SessionCompleted.TYPE));
      assertThat(events).extracting(event -> chunk(event) % SHARDS).containsOnly(shard);
      events.forEach(event -> sessions.add(event.externalSessionId()));
    }
    assertThat(sessions).hasSize(ROWS).doesNotHaveDuplicates();
    assertThat(PublishedEvents.on(nats.url(), "kintell.session.retracted")).hasSize(ROWS);
    assertThat(streams("kintell.session.retracted")).containsExactly("KINTELL");
    assertThat(PublishedEvents.on(nats.url(), "kintell.backfill.completed")).hasSize(1);
    assertThat(streams("kintell.session.completed")).isEmpty();
  }

  @Test
  void aStreamThatCoversAllKeepsAllAndTheLogSaysSo(CapturedOutput log) throws Exception {
    try (Connection connection = Nats.connect(nats.url())) {
      connection
          .jetStreamManagement()
          .addStream(StreamConfiguration.builder().name("KINTELL").subjects("kintell.>").build());
    }

    importAndUndo();

    assertThat(streams("kintell.session.completed.1")).containsExactly("KINTELL");
    assertThat(PublishedEvents.on(nats.url(), "kintell.session.completed.1"))
        .hasSize(ROWS / SHARDS);
    assertThat(log)
        .containsOnlyOnce("so BACKFILL_STREAM_SHARDS has no effect. Remove the subject from it");
  }

  private void importAndUndo() {
    try (ServiceInThisJvm service =
        new ServiceInThisJvm(
            database,
            "--backfill.events.nats-url=" + nats.url(),
            "--backfill.events.stream-shards=" + SHARDS,
            "--backfill.chunk-rows=" + CHUNK_ROWS)) {
      String job = service.client().start("sharded.csv", SessionFiles.good(ROWS)).jobId();
      service.client().resume(job);
      await().until(() -> service.client().status(job).json().path("eventsPending").asLong(1) == 0);
      service.client().ask(job, "rollback");
      await().until(() -> count("backfill_retractions") == 0 && count("kintell_sessions") == 0);
    }
  }

  private long count(String table) {
    return database.jdbc().sql("SELECT count(*) FROM " + table).query(Long.class).single();
  }

  /** The ids count the rows from 1. */
  private static int chunk(Published event) {
    int row = Integer.parseInt(event.externalSessionId().replace("S-", ""));
    return (row - 1) / CHUNK_ROWS;
  }

  private List<String> streams(String subject) throws Exception {
    try (Connection connection = Nats.connect(nats.url())) {
      return connection.jetStreamManagement().getStreamNames(subject);
    }
  }
}
