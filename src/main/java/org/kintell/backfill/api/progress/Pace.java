package org.kintell.backfill.api.progress;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;

/**
 * The speed of a job over time.
 *
 * @param seconds length of each bucket; 0 without any
 * @param buckets one after the other from the start to the end of the job, or to now; none before
 *     its start
 */
record Pace(BigDecimal seconds, List<Bucket> buckets) {

  /**
   * A span of time.
   *
   * @param from its beginning
   * @param rows processed in it, rejects included; none while the job stood still
   */
  record Bucket(Instant from, long rows, long rejects) {}
}
