package org.kintell.backfill.console;

import org.kintell.backfill.job.Loaders;
import org.kintell.backfill.job.Throttle;
import org.kintell.backfill.source.FileStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jmx.export.annotation.ManagedAttribute;
import org.springframework.jmx.export.annotation.ManagedResource;
import org.springframework.stereotype.Component;

/**
 * What can be set while jobs run, for this process and until it ends. None of it touches what is
 * loaded, or which chunks are still to be.
 */
@Component
@ManagedResource(
    objectName = "org.kintell.backfill:type=Settings",
    description = "What can be set while jobs run, until this process ends")
public class SettingsConsole {

  private static final Logger LOG = LoggerFactory.getLogger(SettingsConsole.class);

  private final FileStore files;
  private final Loaders loaders;
  private final Throttle throttle;

  SettingsConsole(FileStore files, Loaders loaders, Throttle throttle) {
    this.files = files;
    this.loaders = loaders;
    this.throttle = throttle;
  }

  @ManagedAttribute(
      description = "Rows per chunk, 1 to 1000000; of files that are indexed from now on")
  public int getChunkRows() {
    return files.chunkRows();
  }

  @ManagedAttribute
  public void setChunkRows(int rows) {
    files.chunkRows(within("ChunkRows", rows, 1, 1_000_000));
    LOG.info("Chunks of files indexed from now on have {} rows", rows);
  }

  @ManagedAttribute(
      description = "Chunks loaded at the same time over all jobs, 1 to 64; from the next chunk on")
  public int getLoaders() {
    return loaders.count();
  }

  @ManagedAttribute
  public void setLoaders(int count) {
    loaders.resize(within("Loaders", count, 1, Loaders.MOST));
    LOG.info("From the next chunk on there are {} loaders", count);
  }

  @ManagedAttribute(
      description = "Rows loaded a second over all jobs, 0 for no limit; from the next chunk on")
  public int getRowsPerSecond() {
    return throttle.rowsPerSecond();
  }

  @ManagedAttribute
  public void setRowsPerSecond(int rows) {
    throttle.limit(within("RowsPerSecond", rows, 0, Integer.MAX_VALUE));
    LOG.info("From the next chunk on {} rows are loaded a second (0: no limit)", rows);
  }

  private static int within(String name, int value, int smallest, int largest) {
    if (value < smallest || value > largest) {
      throw new IllegalArgumentException(
          "%s must be a whole number from %d to %d".formatted(name, smallest, largest));
    }
    return value;
  }
}
