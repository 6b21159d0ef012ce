package org.kintell.backfill.csv;

import java.io.BufferedWriter;
import java.io.IOException;
import java.util.UUID;

/** Cuts the records of a file into main and tail chunks, and writes their plans. */
final class ChunkPlanner {

  /** Bytes in a chunk, at most, unless a single record is longer. */
  static final int CHUNK_BYTES = 8 * 1024 * 1024;

  /** The lane of a row that is not set aside. */
  static final int NOT_ASIDE = -1;

  /** After so many chunks, and again after as many, chunks have twice as many rows. */
  private static final int CHUNKS_OF_A_SIZE = 1_000;

  private final UUID jobId;
  private final BufferedWriter out;
  private final LongList asideInMain = new LongList();
  private final Tail tail = new Tail();
  private final int mostRows;

  /** Rows in any chunk, at most; grows to {@link #mostRows}. */
  private int chunkRows;

  /**
   * Rows in the next main chunk, at most. The first chunks of a large file are small, so that
   * progress shows at once although the code that loads them is not compiled yet.
   */
  private int nextRows;

  private int chunkNo;
  private long rows;
  private long firstRow = 1;
  private long startOffset;
  private long endOffset;

  /** Where the records of the next tail chunk begin among all rows set aside. */
  private long asideOffset;

  ChunkPlanner(
      UUID jobId, BufferedWriter out, int firstRows, int chunkRows, int mostRows, long dataOffset) {
    this.jobId = jobId;
    this.out = out;
    this.chunkRows = chunkRows;
    this.mostRows = mostRows;
    this.nextRows = Math.min(firstRows, chunkRows);
    this.startOffset = dataOffset;
    this.endOffset = dataOffset;
    this.asideOffset = dataOffset;
  }

  long rows() {
    return rows;
  }

  void add(RecordScanner record, int lane) throws IOException {
    long end = record.offset() + record.length();
    long inChunk = rows + 1 - firstRow;
    if (inChunk == nextRows || (inChunk > 0 && end - startOffset > CHUNK_BYTES)) {
      writeMain();
    }
    rows++;
    endOffset = record.nextOffset();
    if (lane != NOT_ASIDE) {
      while (!tail.hasRoom(lane, record.length(), chunkRows)) {
        if (tail.isDivided()) {
          writeTail(lane);
        } else {
          tail.divide();
        }
      }
      asideInMain.add(rows);
      tail.add(lane, rows, record.offset(), record.length());
    }
  }

  void finish() throws IOException {
    if (rows >= firstRow) {
      writeMain();
    }
    for (int lane = 0; lane < Tail.LANES; lane++) {
      if (!tail.isEmpty(lane)) {
        writeTail(lane);
      }
    }
  }

  private void writeMain() throws IOException {
    int span = (int) (rows + 1 - firstRow);
    long[] aside = asideInMain.drain();
    write(
        new ChunkPlan(
            chunkNo++,
            false,
            firstRow,
            span,
            span - aside.length,
            startOffset,
            endOffset,
            aside,
            new long[0],
            new int[0],
            0));
    firstRow = rows + 1;
    startOffset = endOffset;
    nextRows = Math.min(2 * nextRows, chunkRows);
  }

  private void writeTail(int lane) throws IOException {
    ChunkPlan chunk = tail.drain(chunkNo++, lane, asideOffset);
    asideOffset = chunk.endOffset();
    write(chunk);
  }

  private void write(ChunkPlan chunk) throws IOException {
    out.write(chunk.copyLine(jobId));
    if (chunkNo % CHUNKS_OF_A_SIZE == 0 && chunkRows < mostRows) {
      chunkRows = Math.min(2 * chunkRows, mostRows);
    }
  }
}
