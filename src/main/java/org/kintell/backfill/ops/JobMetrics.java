package org.kintell.backfill.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.JobStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Gauges of jobs, chunks and events in the database. One query every few seconds reads them all, so
 * that a scrape costs no query. They are NaN while the database does not answer.
 */
@Component
public class JobMetrics {

  private static final String MEASURE = SqlFile.read("ops/measure-jobs");

  private final JdbcClient jdbc;

  /** A measurement of this age is no longer valid. */
  private static final Duration STALE = Duration.ofSeconds(30);

  private volatile long measuredAt = System.nanoTime();

  /** By name; null while unknown. A status without a row counts zero. */
  private volatile Map<String, Double> measured;

  JobMetrics(JdbcClient jdbc, MeterRegistry meters) {
    this.jdbc = jdbc;
    for (JobStatus status : JobStatus.values()) {
      Gauge.builder("kintell.jobs", () -> value(status.stored()))
          .description("Jobs by status")
          .tag("status", status.stored())
          .register(meters);
    }
    gauge(meters, "kintell.jobs.waiting", "waiting", null, "Jobs that wait for their turn");
    gauge(meters, "kintell.chunks.pending", "chunks", null, "Chunks of running and waiting jobs");
    gauge(meters, "kintell.chunks.in.flight", "flight", null, "Chunks that processes are loading");
    gauge(meters, "kintell.nodes", "nodes", null, "Processes that load chunks on this database");
    gauge(meters, "kintell.events.pending", "events", null, "Events that wait to be published");
    gauge(
        meters,
        "kintell.oldest.unpublished.chunk.age",
        "oldest",
        "seconds",
        "How long ago the oldest chunk was loaded whose events wait; 0 when none do");
    gauge(
        meters,
        "kintell.job.standstill",
        "still",
        "seconds",
        "How long ago the running job that has stood still longest loaded a chunk; 0 when none runs");
    Gauge.builder("kintell.measurement.age", () -> age().toMillis() / 1e3)
        .description("How long ago the gauges of the database were measured")
        .baseUnit("seconds")
        .register(meters);
  }

  private void gauge(MeterRegistry meters, String name, String line, String unit, String text) {
    Gauge.builder(name, () -> value(line)).description(text).baseUnit(unit).register(meters);
  }

  private double value(String line) {
    Map<String, Double> known = age().compareTo(STALE) < 0 ? measured : null;
    return known == null ? Double.NaN : known.getOrDefault(line, 0.0);
  }

  private Duration age() {
    return Duration.ofNanos(System.nanoTime() - measuredAt);
  }

  /** Queries the database. */
  public void measure() {
    Map<String, Double> lines = new HashMap<>();
    boolean answered = false;
    try {
      jdbc.sql(MEASURE)
          .query(
              row -> {
                lines.put(row.getString(1), row.getDouble(2));
              });
      answered = true;
      measuredAt = System.nanoTime();
    } finally {
      measured = answered ? lines : null;
    }
  }
}
