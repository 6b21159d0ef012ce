package org.kintell.backfill.csv;

import java.util.Arrays;

/**
 * The rows set aside that are in no chunk yet. They are one chunk while they fit into one; then
 * they are divided into lanes by their session ids, each of which fills chunks of its own.
 */
final class Tail {

  static final int LANES = 16;

  private final Lane[] lanes = new Lane[LANES];

  /** The lane of each row, while they are not divided. */
  private LongList laneOfRow = new LongList();

  Tail() {
    Arrays.setAll(lanes, lane -> new Lane());
  }

  /** The lane of a session id. */
  static int laneOf(byte[] sessionId) {
    return Math.floorMod(Arrays.hashCode(sessionId), LANES);
  }

  boolean isDivided() {
    return laneOfRow == null;
  }

  boolean isEmpty(int lane) {
    return lanes[lane].rows.size() == 0;
  }

  /** Whether a record fits into the chunk that its lane is filling. */
  boolean hasRoom(int lane, long length, int chunkRows) {
    Lane filling = lanes[isDivided() ? lane : 0];
    return filling.rows.size() < chunkRows
        && (filling.bytes == 0 || filling.bytes + length <= ChunkPlanner.CHUNK_BYTES);
  }

  void add(int lane, long row, long offset, long length) {
    if (isDivided()) {
      lanes[lane].add(row, offset, length);
    } else {
      lanes[0].add(row, offset, length);
      laneOfRow.add(lane);
    }
  }

  /** Gives each row to its lane. */
  void divide() {
    Lane all = lanes[0];
    lanes[0] = new Lane();
    for (int i = 0; i < all.rows.size(); i++) {
      lanes[(int) laneOfRow.get(i)].add(all.rows.get(i), all.offsets.get(i), all.lengths.get(i));
    }
    laneOfRow = null;
  }

  /**
   * The chunk that a lane has filled.
   *
   * @param start where its records begin among all rows set aside
   */
  ChunkPlan drain(int chunkNo, int lane, long start) {
    return lanes[lane].drain(chunkNo, lane, start);
  }

  private static final class Lane {
    private final LongList rows = new LongList();
    private final LongList offsets = new LongList();
    private final LongList lengths = new LongList();
    private long bytes;

    void add(long row, long offset, long length) {
      rows.add(row);
      offsets.add(offset);
      lengths.add(length);
      bytes += length;
    }

    ChunkPlan drain(int chunkNo, int lane, long start) {
      long[] aside = rows.drain();
      long[] starts = offsets.drain();
      long[] sizes = lengths.drain();
      long end = start + bytes + aside.length;
      bytes = 0;
      return new ChunkPlan(
          chunkNo,
          true,
          aside[0],
          0,
          aside.length,
          start,
          end,
          aside,
          starts,
          Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray(),
          lane);
    }
  }
}
