package org.kintell.backfill.load;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.ChunkClaim;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.job.run.FailureClassifier;
import org.kintell.backfill.job.run.Loaders;
import org.kintell.backfill.store.StoredFile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.support.TransactionTemplate;

/** Takes chunks from the ledger, which is the queue of all processes, and gives them back. */
@Repository
public class ChunkClaims {

  private static final String CLAIM = SqlFile.read("load/claim-chunk");
  private static final String RELEASE = SqlFile.read("load/release-chunk");
  private static final String LOCK = SqlFile.read("load/lock-chunk");

  private final TransactionTemplate transaction;
  private final JdbcClient jdbc;
  private final Ownership ownership;
  private final Loaders loaders;
  private final FailureClassifier failures;
  private final int clusterLoaders;
  private final Counter fenced;

  ChunkClaims(
      TransactionTemplate transaction,
      JdbcClient jdbc,
      Ownership ownership,
      Loaders loaders,
      FailureClassifier failures,
      BackfillSettings settings,
      MeterRegistry meters) {
    this.fenced =
        Counter.builder("kintell.chunks.fenced")
            .description("Chunks not written, because they had been freed and claimed again")
            .register(meters);
    this.transaction = transaction;
    this.jdbc = jdbc;
    this.ownership = ownership;
    this.loaders = loaders;
    this.failures = failures;
    this.clusterLoaders = settings.clusterLoaders();
  }

  /** The next chunk of any running job, for the exchange's loader; null when there is none. */
  public ClaimedChunk claim(Exchange exchange) {
    ClaimedChunk claimed =
        jdbc.sql(CLAIM)
            .param("loader", ownership.number())
            .param("node", ownership.name())
            .param("clusterLoaders", clusterLoaders)
            .query((row, number) -> claimed(row))
            .optional()
            .orElse(null);
    if (claimed != null) {
      loaders.begin(exchange, claimed.claim().ref(), claimed.plan().rowCount());
    }
    return claimed;
  }

  /**
   * Locks a chunk's row in the ledger; false when the chunk is loaded, its job does not run any
   * more, or another attempt to load it was begun. Nothing may be written then.
   */
  public boolean lock(ChunkClaim claim) {
    return ofChunk(LOCK, claim)
        .query(
            (row, number) -> {
              boolean isFenced = row.getBoolean("fenced");
              fenced.increment(isFenced ? 1 : 0);
              return row.getBoolean("wanted") && !isFenced;
            })
        .optional()
        .orElse(false);
  }

  /** Gives a chunk back unless it was loaded. */
  public void release(@ExchangeProperty("claimed") ClaimedChunk claimed) {
    if (claimed != null) {
      ofChunk(RELEASE, claimed.claim()).update();
    }
  }

  /**
   * Fails the job of a chunk that cannot be loaded, and gives the chunk back in the same
   * transaction: a resume that comes at once lets all chunks be tried as often as at first.
   *
   * @param claimed null when no chunk could be claimed
   */
  public void fail(
      @ExchangeProperty("claimed") ClaimedChunk claimed,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown) {
    if (claimed == null) {
      failures.failJob(null, thrown);
      return;
    }
    transaction.executeWithoutResult(
        status -> {
          failures.failJob(claimed.jobId(), thrown);
          release(claimed);
        });
  }

  private JdbcClient.StatementSpec ofChunk(String statement, ChunkClaim claim) {
    return jdbc.sql(statement)
        .param("jobId", claim.jobId())
        .param("chunkNo", claim.ref().chunkNo())
        .param("loader", ownership.number())
        .param("attempt", claim.attempt());
  }

  private static ClaimedChunk claimed(ResultSet row) throws SQLException {
    ChunkRef ref = new ChunkRef(row.getObject("job_id", UUID.class), row.getInt("chunk_no"));
    Header header =
        Header.of(
            row.getBytes("header"),
            row.getString("delimiter").charAt(0),
            row.getString("line_end"));
    return new ClaimedChunk(
        new ChunkClaim(ref, row.getInt("attempts")),
        header,
        plan(row),
        OnDuplicate.of(row.getString("on_duplicate")).orElseThrow(),
        row.getBoolean("dry_run"),
        row.getBoolean("expects_duplicates"),
        row.getString("timezone"),
        new StoredFile.Version(row.getString("file_etag"), row.getString("aside_etag")),
        List.of((String[]) row.getArray("tried_by").getArray()));
  }

  /** Reads the plan of a chunk from a row of {@code backfill_chunks}. */
  public static ChunkPlan plan(ResultSet row) throws SQLException {
    return new ChunkPlan(
        row.getInt("chunk_no"),
        row.getBoolean("tail"),
        row.getLong("first_row"),
        row.getInt("row_span"),
        row.getInt("row_count"),
        row.getLong("start_offset"),
        row.getLong("end_offset"),
        longs(row.getArray("aside_rows")),
        longs(row.getArray("aside_offsets")),
        Arrays.stream(longs(row.getArray("aside_lengths"))).mapToInt(Math::toIntExact).toArray(),
        row.getInt("lane"));
  }

  private static long[] longs(Array array) throws SQLException {
    return Arrays.stream((Number[]) array.getArray()).mapToLong(Number::longValue).toArray();
  }
}
