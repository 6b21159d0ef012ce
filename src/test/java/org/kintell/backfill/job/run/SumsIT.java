package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.OtherNode;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A job's row has the sums of its ledger, and its status is read without the ledger. */
@IntegrationTest
@Chunks(rows = 5)
class SumsIT {

  /** Larger than that of this process, which logs for both. */
  private static final long NODE = Long.MAX_VALUE;

  private static final int CHUNKS = 20;

  /** Of a plan with the rows that each scan returned or threw away. */
  private static final Pattern CHUNKS_READ =
      Pattern.compile(
          "backfill_chunks[^\\n]*actual time=\\S+ rows=([1-9]\\d*)|Rows Removed by Filter: (\\d+)");

  @Autowired BackfillClient client;
  @Autowired Database database;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  private OtherNode node;

  @BeforeEach
  void beginTheOtherProcess() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    node = new OtherNode(jdbc, NODE);
  }

  @AfterEach
  void endTheOtherProcess() {
    node.vanish();
  }

  @Test
  void onlyTheProcessThatRunsAJobReportsItAndAnotherOneGoesOn() {
    String job = runningElsewhere();
    load(0, 7);
    assertProcessed(job, 0);

    // All chunks are taken, so that nothing but the reports goes on.
    jdbc.sql("UPDATE backfill_chunks SET loader = ? WHERE state = 'pending'").param(NODE).update();
    jdbc.sql("UPDATE backfill_jobs SET owner = NULL").update();

    await().untilAsserted(() -> assertProcessed(job, 35));
    load(7, 9);
    await().untilAsserted(() -> assertProcessed(job, 45));
  }

  @Test
  void theRowOfAJobThatIsStoppedByHandIsExactAtOnce() throws Exception {
    String job = runningElsewhere();
    load(0, 7);
    assertProcessed(job, 0);
    try (Connection psql = database.connect();
        Statement statement = psql.createStatement()) {
      statement.execute("UPDATE backfill_jobs SET status = 'failed'");
    }

    assertProcessed(job, 35);
    JsonNode status = client.status(job).json();
    assertThat(status.path("eventsPublished").asInt()).isEqualTo(35);
    assertThat(status.path("lastProcessedRow").asInt()).isEqualTo(35);
    assertThat(status.has("lastProgressAt")).isTrue();
  }

  @Test
  void aStatusReadsNoChunkThatIsLoadedAndPublished() {
    String job = runningElsewhere();
    load(0, CHUNKS);
    jdbc.sql("ANALYZE backfill_chunks").update();
    assertThat(chunksRead(job)).as("while it runs").isEmpty();

    jdbc.sql("UPDATE backfill_jobs SET status = 'failed'").update();

    assertThat(chunksRead(job)).as("when it has stopped").isEmpty();
    jdbc.sql("UPDATE backfill_chunks SET published_at = NULL, publisher = ? WHERE chunk_no = 3")
        .param(NODE)
        .update();
    assertThat(chunksRead(job)).as("with events of a chunk that wait").hasSize(1);
    JsonNode status = client.status(job).json();
    assertThat(status.path("eventsPublished").asInt()).isEqualTo(95);
    assertThat(status.path("eventsPending").asInt()).isEqualTo(5);
  }

  private List<String> chunksRead(String job) {
    String plan =
        String.join(
            "\n",
            jdbc.sql("EXPLAIN (ANALYZE) " + SqlFile.read("job/find-job"))
                .param("ids", List.of(UUID.fromString(job)))
                .query(String.class)
                .list());
    return CHUNKS_READ.matcher(plan).results().map(read -> read.group() + " of " + plan).toList();
  }

  private String runningElsewhere() {
    String job = client.start("x.csv", SessionFiles.good(5 * CHUNKS)).jobId();
    jdbc.sql("UPDATE backfill_chunks SET loader = ?").param(NODE).update();
    jdbc.sql("UPDATE backfill_jobs SET status = 'running', owner = ?, queued_at = now()")
        .param(NODE)
        .update();
    return job;
  }

  /** Marks chunks as if the other process had loaded them. */
  private void load(int from, int to) {
    jdbc.sql(
            """
            UPDATE backfill_chunks
               SET state = 'loaded', successful = row_count, loaded_at = now(), published_at = now()
             WHERE chunk_no >= ? AND chunk_no < ?
            """)
        .params(from, to)
        .update();
  }

  private void assertProcessed(String job, int rows) {
    assertThat(client.status(job).json().path("processedRows").asInt(-1)).isEqualTo(rows);
  }
}
