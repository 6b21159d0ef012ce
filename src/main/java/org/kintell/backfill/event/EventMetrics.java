package org.kintell.backfill.event;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Body;
import org.kintell.backfill.load.LoadedChunk;
import org.springframework.stereotype.Component;

/** Counts published events and measures how long publishing takes. */
@Component
public class EventMetrics {

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(100),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofSeconds(5),
    Duration.ofSeconds(30),
    Duration.ofMinutes(5),
    Duration.ofHours(1)
  };

  private final Counter published;
  private final Timer latency;

  EventMetrics(MeterRegistry meters, NatsLink nats) {
    published =
        Counter.builder("kintell.events.published")
            .description("Events of fully acknowledged chunks")
            .register(meters);
    latency =
        Timer.builder("kintell.event.publish.latency")
            .description("From the commit of a chunk to the acknowledgement of its last event")
            .serviceLevelObjectives(BUCKETS)
            .register(meters);
    Gauge.builder("kintell.nats.connected", nats, link -> link.isConnected() ? 1 : 0)
        .description("1 while NATS is connected")
        .register(meters);
    Gauge.builder("kintell.nats.wanted", nats, link -> link.isWanted() ? 1 : 0)
        .description("0 when NATS is disabled (NATS_URL=none)")
        .register(meters);
  }

  public void count(@Body LoadedChunk chunk) {
    published.increment(chunk.events());
    latency.record(Duration.between(chunk.loadedAt(), Instant.now()));
  }
}
