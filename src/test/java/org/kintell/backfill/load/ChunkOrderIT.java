package org.kintell.backfill.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.run.Loaders;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.FaultFile;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.OtherNode;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Another process claims chunks here, and this one has no loader. */
@IntegrationTest
@Chunks(rows = 5)
class ChunkOrderIT {

  private static final String CLAIM = SqlFile.read("load/claim-chunk");
  private static final String CLOSE = SqlFile.read("load/write/close-chunk");
  private static final String COUNTS =
      """
      SELECT concat(processed_rows, ': ', concat_ws(' ', successful_rows, failed_rows, skipped_rows, updated_rows))
        FROM backfill_jobs
      """;
  private static final long NODE = 987654323;
  private static final byte[] TEN_CHUNKS = SessionFiles.good(50);
  private static final byte[] FOUR_CHUNKS =
      new String(SessionFiles.good(20), UTF_8).replace("\nS-", "\nT-").getBytes(UTF_8);

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;
  @Autowired Loaders loaders;

  private OtherNode node;

  @BeforeEach
  void startAnotherProcess() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    loaders.resize(0);
    node = new OtherNode(jdbc, NODE);
  }

  @AfterEach
  void endIt() {
    node.vanish();
  }

  private record Claimed(UUID job, int chunk) {}

  @Test
  void tailChunksWaitForAllMainChunksAndForThoseBeforeThemInTheirLane() {
    UUID job = running(FaultFile.ofRepeats(100), "");
    List<Integer> main = numbers("NOT tail");
    assertThat(chunksOf(job, claimAll(100))).isEqualTo(main);
    load(job, main.subList(1, main.size()));
    assertThat(claimAll(100)).as("one main chunk is not loaded").isEmpty();
    load(job, main.subList(0, 1));

    List<Integer> first = firstOfLanes();
    assertThat(first).hasSizeBetween(2, 16);
    assertThat(chunksOf(job, claimAll(100))).containsExactlyElementsOf(first);
    assertThat(numbers("tail AND loader IS NULL")).as("others wait in their lanes").isNotEmpty();
    while (!first.isEmpty()) {
      load(job, first);
      first = firstOfLanes();
      assertThat(chunksOf(job, claimAll(100))).containsExactlyElementsOf(first);
    }
    assertThat(numbers("state = 'pending'")).isEmpty();
  }

  @Test
  void aJobWithAnErrorBudgetBeginsWithOneChunkAndIsNeverFarAheadOfTheOldest() {
    UUID job = running(TEN_CHUNKS, "?maxErrors=5");
    assertThat(chunksOf(job, claimAll(3))).containsExactly(0);
    load(job, List.of(0));
    assertThat(chunksOf(job, claimAll(3))).containsExactly(1);
    load(job, List.of(1));
    assertThat(chunksOf(job, claimAll(3))).containsExactly(2, 3);
    load(job, List.of(3));
    assertThat(claimAll(3)).as("2 is not loaded").isEmpty();
    load(job, List.of(2));
    assertThat(chunksOf(job, claimAll(3))).as("no more than loaders").containsExactly(4, 5, 6);
    load(job, 4, 5);
    load(job, List.of(5, 6));
    assertThat(chunksOf(job, claimAll(1))).as("within the budget").containsExactly(7);
    load(job, 7, 1);
    assertThat(claimAll(3)).as("beyond the budget").isEmpty();
  }

  /** Nobody sums the ledger up for it. */
  @Test
  void theRowOfAJobWithAnErrorBudgetCountsEachChunkWithItsCommitAndDecides() {
    UUID job = running(TEN_CHUNKS, "?maxErrors=5");
    assertThat(chunksOf(job, claimAll(3))).containsExactly(0);
    load(job, 0, 2);
    assertThat(jdbc.sql(COUNTS).query(String.class).single()).isEqualTo("5: 0 2 3 0");
    assertThat(chunksOf(job, claimAll(3))).containsExactly(1);
    load(job, 1, 1);
    assertThat(jdbc.sql(COUNTS).query(String.class).single()).isEqualTo("10: 0 3 7 0");

    jdbc.sql("UPDATE backfill_jobs SET failed_rows = 6").update();
    assertThat(claimAll(3)).as("beyond the budget").isEmpty();
    await()
        .untilAsserted(
            () ->
                assertThat(client.status(job.toString()).json().path("message").asText())
                    .contains("6 of 10 rows so far were rejected", "maxErrors=5"));
  }

  @Test
  void jobsShareTheLoadersOfAllProcesses() {
    UUID large = running(TEN_CHUNKS, "");
    UUID small = running(FOUR_CHUNKS, "");
    List<Claimed> claimed = claimAll(6);
    assertThat(claimed).hasSize(6);
    assertThat(chunksOf(large, claimed)).containsExactly(0, 1, 2);
    assertThat(chunksOf(small, claimed)).containsExactly(0, 1, 2);
    load(small, List.of(0));
    assertThat(claimAll(6)).containsExactly(new Claimed(small, 3));
  }

  @Test
  void nothingIsClaimedOfAJobThatIsToStopOrByAProcessThatIsTakenForLost() {
    UUID job = running(TEN_CHUNKS, "");
    client.ask(job.toString(), "pause");
    assertThat(claimAll(3)).isEmpty();

    UUID other = running(FOUR_CHUNKS, "");
    assertThat(chunksOf(other, claimAll(1))).containsExactly(0);
    node.vanish();
    jdbc.sql("DELETE FROM backfill_nodes WHERE number = ?").param(NODE).update();
    assertThat(claimAll(3)).isEmpty();
  }

  @Test
  void aJobOfAProcessWithAnotherDataFolderIsLeftToIt() {
    UUID job = running(FOUR_CHUNKS, "");
    OtherNode elsewhere = new OtherNode(jdbc, NODE + 1);
    try {
      jdbc.sql("UPDATE backfill_nodes SET folder = gen_random_uuid() WHERE number = ?")
          .param(NODE + 1)
          .update();
      jdbc.sql("UPDATE backfill_jobs SET owner = ? WHERE id = ?").params(NODE + 1, job).update();
      assertThat(claimAll(3)).isEmpty();

      jdbc.sql("UPDATE backfill_jobs SET owner = ? WHERE id = ?").params(NODE, job).update();
      assertThat(chunksOf(job, claimAll(3))).containsExactly(0, 1, 2);
    } finally {
      elsewhere.vanish();
    }
  }

  /** A job that the other process runs. */
  private UUID running(byte[] file, String parameters) {
    String id = client.start("/import/backfill/start" + parameters, file, 201);
    UUID job = UUID.fromString(id);
    jdbc.sql(
            "UPDATE backfill_jobs SET status = 'running', owner = ?, queued_at = now() WHERE id = ?")
        .params(NODE, job)
        .update();
    return job;
  }

  /** Claims until there is nothing to claim. */
  private List<Claimed> claimAll(int clusterLoaders) {
    List<Claimed> all = new ArrayList<>();
    while (true) {
      List<Claimed> claimed =
          jdbc.sql(CLAIM)
              .param("loader", NODE)
              .param("node", "other/1")
              .param("clusterLoaders", clusterLoaders)
              .query(
                  (row, number) ->
                      new Claimed(row.getObject("job_id", UUID.class), row.getInt("chunk_no")))
              .list();
      if (claimed.isEmpty()) {
        return all;
      }
      all.addAll(claimed);
    }
  }

  private static List<Integer> chunksOf(UUID job, List<Claimed> claimed) {
    return claimed.stream().filter(one -> one.job().equals(job)).map(Claimed::chunk).toList();
  }

  private void load(UUID job, List<Integer> chunks) {
    for (int chunk : chunks) {
      load(job, chunk, 0);
    }
  }

  /** With so many rejects; all other rows are skipped, so there are no events. */
  private void load(UUID job, int chunk, int failed) {
    int rows =
        jdbc.sql("SELECT row_count FROM backfill_chunks WHERE job_id = ? AND chunk_no = ?")
            .params(job, chunk)
            .query(Integer.class)
            .single();
    jdbc.sql(CLOSE)
        .param("jobId", job)
        .param("chunkNo", chunk)
        .param("successful", 0)
        .param("failed", failed)
        .param("skipped", rows - failed)
        .param("updated", 0)
        .param("duplicates", false)
        .param("foreignKeys", "none")
        .query(OffsetDateTime.class)
        .single();
  }

  private List<Integer> firstOfLanes() {
    return jdbc.sql(
            """
            SELECT min(chunk_no)
              FROM backfill_chunks
             WHERE tail AND state = 'pending'
             GROUP BY lane
             ORDER BY 1
            """)
        .query(Integer.class)
        .list();
  }

  private List<Integer> numbers(String condition) {
    return jdbc.sql(
            "SELECT chunk_no FROM backfill_chunks WHERE " + condition + " ORDER BY chunk_no")
        .query(Integer.class)
        .list();
  }
}
