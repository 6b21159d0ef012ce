package org.kintell.backfill.ops;

import org.kintell.backfill.job.run.Loaders;
import org.kintell.backfill.job.run.Throttle;
import org.kintell.backfill.store.FileIndexer;
import org.kintell.backfill.trail.Actor;
import org.kintell.backfill.trail.Trail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedResource;
import org.springframework.stereotype.Component;

/**
 * Settings of this process that can change while jobs run, until it ends. They affect neither
 * loaded nor planned chunks.
 */
@Component
@ManagedResource(
    objectName = "org.kintell.backfill:type=Settings",
    description = "What can be set while jobs run, until this process ends")
public class SettingsMBean {

  private static final Logger LOG = LoggerFactory.getLogger(SettingsMBean.class);

  private final FileIndexer indexer;
  private final Loaders loaders;
  private final Throttle throttle;
  private final Trail trail;

  SettingsMBean(FileIndexer indexer, Loaders loaders, Throttle throttle, Trail trail) {
    this.trail = trail;
    this.indexer = indexer;
    this.loaders = loaders;
    this.throttle = throttle;
  }

  @ManagedAttribute(
      description = "Rows per chunk, 1 to 1000000; of files that are indexed from now on")
  public int getChunkRows() {
    return indexer.chunkRows();
  }

  @ManagedAttribute
  public void setChunkRows(int rows) {
    int before = indexer.chunkRows();
    indexer.chunkRows(within("ChunkRows", rows, 1, 1_000_000));
    note("ChunkRows", before, rows);
  }

  @ManagedAttribute(
      description = "Chunks loaded at the same time over all jobs, 1 to 64; from the next chunk on")
  public int getLoaders() {
    return loaders.count();
  }

  @ManagedAttribute
  public void setLoaders(int count) {
    int before = loaders.count();
    loaders.resize(within("Loaders", count, 1, Loaders.MOST));
    note("Loaders", before, count);
  }

  @ManagedAttribute(
      description = "Rows loaded a second over all jobs, 0 for no limit; from the next chunk on")
  public int getRowsPerSecond() {
    return throttle.rowsPerSecond();
  }

  @ManagedAttribute
  public void setRowsPerSecond(int rows) {
    int before = throttle.rowsPerSecond();
    throttle.limit(within("RowsPerSecond", rows, 0, Integer.MAX_VALUE));
    note("RowsPerSecond", before, rows);
  }

  /** Logged too, because a change must be possible during a database outage. */
  private void note(String setting, int before, int now) {
    String change = "%s: %d, was %d".formatted(setting, now, before);
    Actor actor = Actor.viaJmx();
    LOG.info("Setting changed, {}, by {}", change, actor);
    try {
      actor.run(() -> trail.note("setting-changed", null, change));
    } catch (DataAccessException e) {
      LOG.warn("Not in the trail, because the database is unavailable: {}", change);
    }
  }

  private static int within(String name, int value, int smallest, int largest) {
    if (value < smallest || value > largest) {
      throw new IllegalArgumentException(
          "%s must be a whole number from %d to %d".formatted(name, smallest, largest));
    }
    return value;
  }
}
