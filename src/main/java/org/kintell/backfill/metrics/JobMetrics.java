package org.kintell.backfill.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.job.JobStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What only the database knows: jobs, and what waits. Asked for every few seconds at once, so that
 * no scrape costs a query; unknown (NaN) while the database is away.
 */
@Component
public class JobMetrics {

  private static final String MEASURE = SqlFile.read("measure-jobs");

  private final JdbcClient jdbc;

  /** By name; null while it is not known. What has no line in the answer is none. */
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
    gauge(meters, "kintell.events.pending", "events", null, "Events that wait to be published");
    gauge(
        meters,
        "kintell.oldest.unpublished.chunk.age",
        "oldest",
        "seconds",
        "How long ago the oldest chunk was loaded whose events wait; 0 when none do");
    Gauge.builder("kintell.database.up", this::up)
        .description("1 while the database answers and takes writes")
        .register(meters);
  }

  private void gauge(MeterRegistry meters, String name, String line, String unit, String text) {
    Gauge.builder(name, () -> value(line)).description(text).baseUnit(unit).register(meters);
  }

  private double value(String line) {
    Map<String, Double> known = measured;
    return known == null ? Double.NaN : known.getOrDefault(line, 0.0);
  }

  private double up() {
    Map<String, Double> known = measured;
    return known == null ? 0 : known.get("writable");
  }

  /** Asks the database. */
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
    } finally {
      measured = answered ? lines : null;
    }
  }
}
