package org.kintell.backfill.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Optional;
import org.apache.camel.Body;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.file.ChunkReader;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.job.run.UnloadableChunkException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Begins an attempt to load a chunk: looks up its plan and reads its records. */
@Component
public class ChunkOpener {

  private static final String OPEN = SqlFile.read("load/open-chunk");

  private final JdbcClient jdbc;
  private final ChunkReader reader;
  private final Ownership ownership;

  ChunkOpener(JdbcClient jdbc, ChunkReader reader, Ownership ownership) {
    this.jdbc = jdbc;
    this.reader = reader;
    this.ownership = ownership;
  }

  /**
   * The chunk; null when it is already loaded or this process no longer runs its job.
   *
   * @throws UnloadableChunkException when too many processes died while loading it
   */
  public Chunk open(@Body ChunkRef ref) {
    long begun = System.nanoTime();
    return jdbc.sql(OPEN)
        .param("jobId", ref.jobId())
        .param("chunkNo", ref.chunkNo())
        .param("owner", ownership.number())
        .query((row, number) -> chunk(ref, row, begun))
        .optional()
        .orElse(null);
  }

  private Chunk chunk(ChunkRef ref, ResultSet row, long begun) throws SQLException {
    Header header =
        Header.of(
            row.getBytes("header"),
            row.getString("delimiter").charAt(0),
            row.getString("line_end"));
    ChunkPlan plan =
        new ChunkPlan(
            ref.chunkNo(),
            row.getBoolean("tail"),
            row.getLong("first_row"),
            row.getInt("row_span"),
            row.getInt("row_count"),
            row.getLong("start_offset"),
            row.getLong("end_offset"),
            longs(row.getArray("aside_rows")),
            longs(row.getArray("aside_offsets")),
            Arrays.stream(longs(row.getArray("aside_lengths")))
                .mapToInt(Math::toIntExact)
                .toArray());
    if (row.getInt("begun") > UnloadableChunkException.MOST_BEGINNINGS) {
      throw new UnloadableChunkException(plan);
    }
    try {
      return new Chunk(
          ref,
          header,
          plan,
          OnDuplicate.of(row.getString("on_duplicate")).orElseThrow(),
          row.getBoolean("budgeted"),
          row.getBoolean("dry_run"),
          Optional.ofNullable(row.getString("timezone")).map(ZoneId::of).orElse(null),
          reader.read(ref.jobId(), header, plan),
          begun);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long[] longs(Array array) throws SQLException {
    return Arrays.stream((Number[]) array.getArray()).mapToLong(Number::longValue).toArray();
  }
}
