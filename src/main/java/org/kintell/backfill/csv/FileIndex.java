package org.kintell.backfill.csv;

import com.google.common.hash.BloomFilter;
import com.google.common.hash.Funnels;
import com.google.common.hash.Hashing;
import com.google.common.hash.HashingInputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.WhiteSpace;

/**
 * One pass over a file: counts its rows, takes its checksum and cuts it into chunks.
 *
 * <p>A row whose session_id may occur earlier in the file is set aside into a tail chunk. A Bloom
 * filter decides: it never misses a repeat, and a false alarm only means that the row loads later.
 * Where there are many such rows, they go to lanes by their session_id, so that several loaders can
 * load them and each id keeps the order of the file.
 *
 * @param header of the file
 * @param rows data rows, blank lines not counted
 * @param sha256 of the whole content, in hexadecimal
 * @param chunkRows rows in a chunk, at most, of a usual file
 * @param plan a file with one line of COPY text for each chunk
 */
public record FileIndex(
    Header header, long rows, String sha256, long size, int chunkRows, Path plan) {

  /** Bytes of a short valid row: two addresses and a date. */
  private static final int SHORTEST_ROW = 64;

  /**
   * Limits the filter to an eighth of the heap, at ten bits a row. Larger files get more false
   * alarms, not more memory.
   */
  private static final long MOST_EXPECTED = Runtime.getRuntime().maxMemory() / 10;

  /** Keeps small files free of false alarms, and so of a tail chunk, for 120 KB. */
  private static final long FEWEST_EXPECTED = 100_000;

  private static final double FALSE_ALARMS = 0.01;

  /** Size in bytes from which a file takes more than a second or two to load. */
  private static final long LARGE = 8 * 1024 * 1024;

  /** Rows in a large file's first chunk, at most; each next chunk may have twice as many. */
  private static final int FIRST_CHUNK_ROWS = 500;

  /**
   * Indexes a file.
   *
   * @param chunkRows rows in a chunk, at most
   * @param mostRows to so many they grow in a file of thousands of chunks, so that its ledger stays
   *     small
   * @param plan where to write the plan
   * @throws UnusableFileException when the header is invalid
   */
  public static FileIndex of(UUID jobId, Path file, int chunkRows, int mostRows, Path plan)
      throws IOException {
    Header.At start = Header.read(file);
    try (HashingInputStream in =
            new HashingInputStream(Hashing.sha256(), Files.newInputStream(file));
        BufferedWriter out = Files.newBufferedWriter(plan, StandardCharsets.US_ASCII)) {
      in.readNBytes((int) start.dataOffset());
      Header header = start.header();
      RecordScanner scanner = new RecordScanner(in, header.delimiter(), start.dataOffset());
      long size = Files.size(file);
      int firstRows = size >= LARGE ? FIRST_CHUNK_ROWS : chunkRows;
      ChunkPlanner planner =
          new ChunkPlanner(jobId, out, firstRows, chunkRows, mostRows, start.dataOffset());
      int idColumn = header.position(Column.SESSION_ID);
      int width = header.width();
      BloomFilter<byte[]> seen =
          BloomFilter.create(
              Funnels.byteArrayFunnel(),
              Math.min(MOST_EXPECTED, Math.max(FEWEST_EXPECTED, size / SHORTEST_ROW)),
              FALSE_ALARMS);
      while (scanner.next()) {
        byte[] id = folded(sessionId(scanner, width, idColumn));
        boolean aside = id.length > 0 && !seen.put(id);
        planner.add(scanner, aside ? Tail.laneOf(id) : ChunkPlanner.NOT_ASIDE);
      }
      planner.finish();
      return new FileIndex(
          header, planner.rows(), in.hash().toString(), scanner.nextOffset(), chunkRows, plan);
    }
  }

  /** The checksum of a whole stream, as {@link #sha256} of an index. */
  public static String checksum(InputStream content) throws IOException {
    try (HashingInputStream in = new HashingInputStream(Hashing.sha256(), content)) {
      in.transferTo(OutputStream.nullOutputStream());
      return in.hash().toString();
    }
  }

  /** The tail chunks in the order of their numbers; to be closed. */
  public Stream<ChunkPlan> tails() throws IOException {
    return Files.lines(plan, StandardCharsets.US_ASCII)
        .map(ChunkPlan::ofCopyLine)
        .filter(ChunkPlan::tail);
  }

  /** The trimmed id; empty when the row will be rejected for another reason. */
  private static byte[] sessionId(RecordScanner scanner, int width, int column) {
    if (scanner.fault() != null || scanner.fields() < width) {
      return new byte[0];
    }
    int from = scanner.fieldStart(column);
    int to = scanner.fieldEnd(column);
    if (!scanner.isAscii() || (from < to && scanner.byteAt(from) == '"')) {
      return Text.of(scanner.copy(from, to)).getBytes(StandardCharsets.UTF_8);
    }
    while (from < to && WhiteSpace.is(scanner.byteAt(from))) {
      from++;
    }
    while (from < to && WhiteSpace.is(scanner.byteAt(to - 1))) {
      to--;
    }
    return scanner.copy(from, to);
  }

  /** In lower case: a column of type {@code citext} takes ids in any case for the same. */
  private static byte[] folded(byte[] id) {
    for (int i = 0; i < id.length; i++) {
      if (id[i] < 0) {
        return new String(id, StandardCharsets.UTF_8)
            .toLowerCase(Locale.ROOT)
            .getBytes(StandardCharsets.UTF_8);
      }
      if (id[i] >= 'A' && id[i] <= 'Z') {
        id[i] += 'a' - 'A';
      }
    }
    return id;
  }
}
