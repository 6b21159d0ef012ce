package org.kintell.backfill.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.event.PublishedEvents;
import org.kintell.backfill.event.PublishedEvents.Published;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.RealParts;
import org.kintell.backfill.testsupport.Scene;

/** The service is killed during a rollback, and continues it after its restart. */
@Tag("faults")
class KillInRollbackIT {

  private static final byte[] FILE = FaultFile.of(5_000);

  private final Database database = RealParts.newDatabase();
  private Scene scene;

  @AfterEach
  void close() {
    scene.close();
  }

  @Test
  void betweenTheSessionsAndTheirChunk() throws Exception {
    assertTakenBackThoughKilledAt(
        "BEFORE UPDATE ON backfill_chunks FOR EACH ROW WHEN (NEW.rolled_back_at IS NOT NULL AND"
            + " NEW.chunk_no = 7)");
  }

  @Test
  void betweenTheLastChunkAndTheEnd() throws Exception {
    assertTakenBackThoughKilledAt(
        "BEFORE UPDATE ON backfill_jobs FOR EACH ROW WHEN (NEW.status = 'rolled_back')");
  }

  @Test
  void betweenARetractionAndItsNote() throws Exception {
    assertTakenBackThoughKilledAt("BEFORE DELETE ON backfill_retractions FOR EACH STATEMENT");
  }

  private void assertTakenBackThoughKilledAt(String event) throws Exception {
    scene = Scene.on(database, FILE).start();
    String job = scene.startJob();
    scene.awaitOver(job);
    List<String> imported =
        scene
            .jdbc()
            .sql("SELECT id::text FROM kintell_sessions WHERE job_id IS NOT NULL")
            .query(String.class)
            .list();
    database.holdUp(event);
    assertThat(scene.service().client().ask(job, "rollback").status()).isEqualTo(202);
    database.awaitHeldUp();
    scene.service().kill();
    database.letGo();

    scene.service().start();

    await()
        .atMost(Scene.PATIENCE)
        .until(
            () ->
                scene.status(job).path("status").asText().equals("rolled_back")
                    && count("backfill_retractions") == 0);
    assertThat(count("kintell_sessions")).isZero();
    JsonNode verification = scene.verify(job);
    assertThat(verification.path("consistent").asBoolean()).as(verification.toString()).isTrue();
    assertThat(verification.path("removed").asInt()).isEqualTo(imported.size());
    List<Published> retracted = PublishedEvents.on(scene.nats().url(), "kintell.session.retracted");
    assertThat(retracted)
        .extracting(published -> published.json().at("/data/sessionId").asText())
        .containsExactlyInAnyOrderElementsOf(imported);
    String again = scene.startJob();
    scene.awaitOver(again);
    assertThat(count("kintell_sessions")).isEqualTo(imported.size());
  }

  private long count(String table) {
    return scene.jdbc().sql("SELECT count(*) FROM " + table).query(Long.class).single();
  }
}
