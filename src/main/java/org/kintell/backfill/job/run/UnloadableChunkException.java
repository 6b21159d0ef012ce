package org.kintell.backfill.job.run;

import java.util.List;
import org.kintell.backfill.csv.ChunkPlan;

/** A chunk that several processes began to load and none finished. */
public final class UnloadableChunkException extends RuntimeException {

  /** How often a chunk may be begun and not ended before its job fails. */
  public static final int MOST_ATTEMPTS = 5;

  static final String ADVICE =
      "Where their logs end with OutOfMemoryError, give the service a larger heap (-Xmx) or split its long rows";

  private static final long serialVersionUID = 1L;

  /**
   * @param nodes the names of the processes that began it
   */
  public UnloadableChunkException(ChunkPlan plan, List<String> nodes) {
    super(
        "Chunk %d (rows %d to %d) was begun %d times, and each time the process was lost (%s)"
            .formatted(
                plan.chunkNo(), first(plan), last(plan), MOST_ATTEMPTS, String.join(", ", nodes)));
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
