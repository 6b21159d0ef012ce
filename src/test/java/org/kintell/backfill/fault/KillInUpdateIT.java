package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.event.PublishedEvents;
import org.kintell.backfill.event.PublishedEvents.Published;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.Scene;
import org.kintell.backfill.testsupport.SessionFiles;

/**
 * The service is killed while a job updates sessions; each row is applied once and published once.
 */
@Tag("faults")
class KillInUpdateIT {

  private static final int ROWS = 3_000;

  private final Database database = RealParts.newDatabase();
  private final Scene scene = Scene.on(database, SessionFiles.good(ROWS));

  @AfterEach
  void close() {
    scene.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "NEW.state = 'loaded' AND NEW.updated > 0 AND NEW.chunk_no = 7",
        "OLD.publisher IS NULL AND NEW.publisher IS NOT NULL AND NEW.updated > 0",
        "OLD.published_at IS NULL AND NEW.published_at IS NOT NULL AND NEW.updated > 0"
      })
  void eachUpdateIsMadeAndToldOnce(String moment) throws Exception {
    scene.start();
    scene.awaitOver(scene.startJob());
    database.holdUpWhen(moment);
    byte[] better = new String(SessionFiles.good(ROWS)).replace(",4.5,", ",3.5,").getBytes();
    String job =
        scene
            .service()
            .client()
            .start("/import/backfill/start?autostart=true&onDuplicate=update", better, 202);
    database.awaitHeldUp();
    scene.service().kill();
    database.letGo();

    scene.service().start();

    scene.awaitOver(job);
    scene.assertConsistent(job);
    JsonNode status = scene.status(job);
    assertThat(status.path("updatedRows").asInt()).isEqualTo(ROWS);
    assertThat(status.path("eventsPublished").asInt()).isEqualTo(ROWS);
    assertThat(
            scene
                .jdbc()
                .sql("SELECT count(*) FROM kintell_sessions WHERE rating = 3.5")
                .query(Integer.class)
                .single())
        .isEqualTo(ROWS);
    List<Published> events = PublishedEvents.on(scene.nats().url(), "kintell.session.completed");
    assertThat(events).hasSize(2 * ROWS).extracting(Published::id).doesNotHaveDuplicates();
    assertThat(events)
        .filteredOn(event -> event.json().at("/data/rating").asDouble() == 3.5)
        .hasSize(ROWS);
  }
}
