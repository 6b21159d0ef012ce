package org.kintell.backfill.load;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Rule;
import org.springframework.stereotype.Component;

/** Counts what became of rows, a chunk at a time, once it is committed; and times the chunks. */
@Component
public class LoadMetrics {

  /** The exchange property that says when the chunk was begun, in nanoseconds. */
  private static final String BEGUN = "chunkBegun";

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
            .description("How long a chunk took from its reading to its commit")
            .serviceLevelObjectives(BUCKETS)
            .register(meters);
  }

  private static Counter rows(MeterRegistry meters, String outcome) {
    return Counter.builder("kintell.rows")
        .description("Rows of committed chunks by what became of them")
        .tag("outcome", outcome)
        .register(meters);
  }

  /** Notes when the loading of a chunk begins. */
  public void begin(Exchange exchange) {
    exchange.setProperty(BEGUN, System.nanoTime());
  }

  /**
   * Counts a chunk.
   *
   * @param chunk null when it turned out to be loaded before
   */
  public void count(@Body LoadedChunk chunk, @ExchangeProperty(BEGUN) long begun) {
    if (chunk == null) {
      return;
    }
    duration.record(Duration.ofNanos(System.nanoTime() - begun));
    imported.increment(chunk.sessions().size());
    rejected.increment(chunk.rejects().size());
    skipped.increment(chunk.skipped());
    updated.increment(chunk.updates().size());
    for (Reject reject : chunk.rejects()) {
      reject.causes().forEach(cause -> faults.get(cause).increment());
    }
  }
}
