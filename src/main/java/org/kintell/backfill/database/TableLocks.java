package org.kintell.backfill.database;

import java.time.Duration;
import java.util.Map;
import org.kintell.backfill.log.Outage;

/** Logs when somebody has locked a table that the service always needs, and when it is free. */
final class TableLocks {

  private static final String JOBS = "backfill_jobs";

  /** This process's sign of life gives up waiting after some seconds, and then waits again. */
  private static final Duration CALM = Duration.ofSeconds(10);

  private final Map<String, Outage> tables =
      Map.of(
          JOBS,
          outage(JOBS, "Jobs and requests wait for it", Duration.ZERO),
          "backfill_chunks",
          outage("backfill_chunks", "Chunks, events and most requests wait for it", CALM),
          "backfill_nodes",
          outage("backfill_nodes", "No chunk is begun meanwhile", CALM));

  private static Outage outage(String table, String consequence, Duration calm) {
    String name = "Table " + table;
    return new Outage(name + " is locked", consequence, name + " is no longer locked", calm);
  }

  /**
   * Logs what has changed.
   *
   * @param jobs of the probe, which reads the table of jobs
   * @param others what holds the lock, in words, by table; those that are missing are free
   */
  void note(Finding jobs, Map<String, String> others) {
    tables.forEach(
        (table, outage) -> {
          boolean isLocked = table.equals(JOBS) ? jobs.isLocked() : others.containsKey(table);
          if (isLocked) {
            outage.fails(table.equals(JOBS) ? jobs.reason() : others.get(table));
          } else {
            outage.works();
          }
        });
  }

  /** Whether one of them is locked. */
  boolean areOn() {
    return tables.values().stream().anyMatch(Outage::isOn);
  }
}
