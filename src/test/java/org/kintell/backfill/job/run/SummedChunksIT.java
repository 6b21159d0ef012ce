package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Chunks;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.OtherNode;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A report reads only the chunks since the last one, and says what all chunks add up to. */
@IntegrationTest
@Chunks(rows = 5)
class SummedChunksIT {

  /** The other process, which runs the job; this test loads, publishes and reports for it. */
  private static final long NODE = Long.MAX_VALUE;

  private static final int CHUNKS = 60;

  private static final String REPORT =
      SqlFile.read("job/run/report-progress").replace(":?jobId", ":jobId");

  private static final String REPORTED =
      """
      SELECT processed_rows, successful_rows, failed_rows, skipped_rows, updated_rows,
             last_processed_row, events, events_published, last_loaded_at
        FROM backfill_jobs
      """;

  /** The same of all chunks. */
  private static final String LEDGER =
      """
      SELECT sum(successful + failed + skipped + updated) AS processed_rows,
             sum(successful) AS successful_rows, sum(failed) AS failed_rows,
             sum(skipped) AS skipped_rows, sum(updated) AS updated_rows,
             coalesce(min(first_row - 1) FILTER (WHERE state = 'pending' AND NOT tail),
                      max(first_row + row_span - 1) FILTER (WHERE NOT tail)) AS last_processed_row,
             sum(successful + updated) AS events,
             coalesce(sum(successful + updated) FILTER (WHERE published_at IS NOT NULL), 0)
               AS events_published,
             max(loaded_at) AS last_loaded_at
        FROM backfill_chunks
      """;

  /** Of a plan the rows that each scan of chunks returned, and those that it threw away. */
  private static final Pattern CHUNKS_READ =
      Pattern.compile(
          "backfill_chunks[^\\n]*actual time=\\S+ rows=(\\d+)|Rows Removed by Filter: (\\d+)");

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  private OtherNode node;
  private UUID job;

  @BeforeEach
  void beginAJobOfTheOtherProcess() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    node = new OtherNode(jdbc, NODE);
    job = UUID.fromString(client.start("x.csv", SessionFiles.good(5 * CHUNKS)).jobId());
    jdbc.sql("UPDATE backfill_chunks SET loader = ?, tail = chunk_no % 7 = 2").param(NODE).update();
    jdbc.sql("UPDATE backfill_jobs SET status = 'running', owner = ?, queued_at = now()")
        .param(NODE)
        .update();
  }

  @AfterEach
  void endTheOtherProcess() {
    node.vanish();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aReportSaysWhatAllChunksAddUpTo(long seed) {
    Random random = new Random(seed);
    int reports = 0;
    while (pending() > 0) {
      switch (random.nextInt(5)) {
        case 0, 1 -> load(random.nextInt(4), random);
        case 2, 3 -> publish(random.nextInt(3));
        default -> {
          report();
          reports++;
          assertThat(row(REPORTED)).as("report %s", reports).isEqualTo(row(LEDGER));
        }
      }
    }
    report();
    assertThat(row(REPORTED)).isEqualTo(row(LEDGER));
    assertThat(reports).isPositive();
  }

  @Test
  void aChunkThatSomebodyOpensAgainIsNotCountedUntilItIsLoaded() {
    Random random = new Random(5);
    for (int chunk = 0; chunk < 20; chunk++) {
      load(0, random);
    }
    report();
    String reopen =
        """
        UPDATE backfill_chunks
           SET state = 'pending', loaded_at = NULL, published_at = NULL,
               successful = 0, failed = 0, skipped = 0, updated = 0
         WHERE chunk_no = 1
        """;
    jdbc.sql(reopen).update();

    report();
    assertThat(row(REPORTED).get("processed_rows")).isEqualTo(95L);
    assertThat(row(REPORTED)).isEqualTo(row(LEDGER));

    load(0, random);
    report();
    assertThat(row(REPORTED).get("processed_rows")).isEqualTo(100L);
    assertThat(row(REPORTED)).isEqualTo(row(LEDGER));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aReportReadsOnlyTheChunksSinceTheLastOne(boolean published) {
    Random random = new Random(6);
    for (int chunk = 0; chunk < 50; chunk++) {
      load(0, random);
      if (published) {
        publish(0);
      }
    }
    report();
    load(0, random);
    jdbc.sql("ANALYZE backfill_chunks").update();

    assertThat(chunksRead(true)).as("by a report of all chunks").isGreaterThanOrEqualTo(51);
    assertThat(chunksRead(false)).as("by a report").isBetween(1, 9);
  }

  private int chunksRead(boolean whole) {
    String plan =
        String.join(
            "\n",
            jdbc.sql("EXPLAIN (ANALYZE) SELECT * FROM backfill_sums(?, ?)")
                .params(job, whole)
                .query(String.class)
                .list());
    Matcher read = CHUNKS_READ.matcher(plan);
    return read.results()
        .mapToInt(scan -> Integer.parseInt(scan.group(1) == null ? scan.group(2) : scan.group(1)))
        .sum();
  }

  private void report() {
    jdbc.sql(REPORT).param("jobId", job).update();
  }

  /** Loads the next chunk but some, as if the other process had done so. */
  private void load(int but, Random random) {
    int failed = random.nextInt(6);
    int skipped = random.nextInt(6 - failed);
    jdbc.sql(
            """
            UPDATE backfill_chunks
               SET state = 'loaded', loaded_at = clock_timestamp(), publisher = :node,
                   failed = :failed, skipped = :skipped, updated = (5 - :failed - :skipped) / 2,
                   successful = 5 - :failed - :skipped - (5 - :failed - :skipped) / 2,
                   published_at = CASE WHEN :failed + :skipped = 5 THEN now() END
             WHERE chunk_no = (SELECT chunk_no FROM backfill_chunks WHERE state = 'pending'
                                ORDER BY tail, chunk_no LIMIT 1 OFFSET :but)
            """)
        .param("node", NODE)
        .param("failed", failed)
        .param("skipped", skipped)
        .param("but", but)
        .update();
  }

  /** Publishes the next chunk but some. */
  private void publish(int but) {
    jdbc.sql(
            """
            UPDATE backfill_chunks
               SET published_at = now()
             WHERE chunk_no = (SELECT chunk_no FROM backfill_chunks
                                WHERE state = 'loaded' AND published_at IS NULL
                                ORDER BY loaded_at LIMIT 1 OFFSET ?)
            """)
        .param(but)
        .update();
  }

  private int pending() {
    return jdbc.sql("SELECT count(*) FROM backfill_chunks WHERE state = 'pending'")
        .query(Integer.class)
        .single();
  }

  private Map<String, Object> row(String statement) {
    return jdbc.sql(statement).query().singleRow();
  }
}
