package org.kintell.backfill.load;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Rule;
import org.springframework.stereotype.Component;

/** Counts the rows of each committed chunk by outcome, and measures how long chunks take. */
@Component
public class LoadMetrics {

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30)
  };

  private final Counter imported;
  private final Counter rejected;
  private final Counter skipped;
  private final Counter updated;
  private final Map<String, Counter> faults = new HashMap<>();
  private final Timer duration;

  LoadMetrics(MeterRegistry meters) {
    imported = rows(meters, "imported");
    rejected = rows(meters, "rejected");
    skipped = rows(meters, "skipped");
    updated = rows(meters, "updated");
    for (Rule rule : Rule.values()) {
      faults.put(
          rule.cause(),
          Counter.builder("kintell.row.faults")
              .description("Rejected rows by cause; a row with two faults counts under both")
              .tag("cause", rule.cause())
              .register(meters));
    }
    duration =
        Timer.builder("kintell.chunk.load")
            .description("Time from opening a chunk to its commit")
            .serviceLevelObjectives(BUCKETS)
            .register(meters);
  }

  private static Counter rows(MeterRegistry meters, String outcome) {
    return Counter.builder("kintell.rows")
        .description("Rows of committed chunks by outcome")
        .tag("outcome", outcome)
        .register(meters);
  }

  /**
   * Counts the rows of a chunk.
   *
   * @param loaded null when the chunk was not written
   */
  public void count(@Body LoadedChunk loaded, @ExchangeProperty(Chunk.PROPERTY) Chunk attempt) {
    if (loaded == null) {
      return;
    }
    duration.record(attempt.age());
    imported.increment(loaded.sessions().size());
    rejected.increment(loaded.rejects().size());
    skipped.increment(loaded.skipped());
    updated.increment(loaded.updates().size());
    for (Reject reject : loaded.rejects()) {
      reject.causes().forEach(cause -> faults.get(cause).increment());
    }
  }
}
