package org.kintell.backfill.job.run;

import org.kintell.backfill.csv.ChunkPlan;

/** A chunk that several processes began to load and none finished. */
public final class UnloadableChunkException extends RuntimeException {

  /** How many processes may begin a chunk before its job fails. */
  public static final int MOST_BEGINNINGS = 5;

  static final String ADVICE =
      "Where their logs end with OutOfMemoryError, give the service a larger heap (-Xmx) or split its long rows";

  private static final long serialVersionUID = 1L;

  public UnloadableChunkException(ChunkPlan plan) {
    super(
        "Chunk %d (rows %d to %d) was begun by %d processes, and each ended before it did"
            .formatted(plan.chunkNo(), first(plan), last(plan), MOST_BEGINNINGS));
  }

  private static long first(ChunkPlan plan) {
    return plan.tail() ? plan.asideRows()[0] : plan.firstRow();
  }

  private static long last(ChunkPlan plan) {
    return plan.tail()
        ? plan.asideRows()[plan.asideRows().length - 1]
        : plan.firstRow() + plan.rowSpan() - 1;
  }
}
