package org.kintell.backfill.folder;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.log.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Measures the free space of the folders every few seconds, so that a full disk is known before a
 * write fails, and so is its end.
 */
@Component
public class DiskRoom {

  /** The result of {@link #describe} if no folder is full. */
  public static final String OK = "ok";

  private static final Logger LOG = LoggerFactory.getLogger(DiskRoom.class);

  /** With less, a folder counts as full. */
  private static final long FULL = 32L << 10;

  private final List<Folder> folders;

  /** A large upload may not fit where small ones do; its received part is deleted. */
  private final Outage uploads =
      new Outage(
          "Uploads do not fit",
          "The service refuses them with 507. Free space there",
          "No upload was refused for a minute,",
          Duration.ofMinutes(1));

  DiskRoom(BackfillSettings settings, MeterRegistry meters) {
    folders = new ArrayList<>();
    folders.add(new Folder("data", "BACKFILL_DATA_DIR", settings.dataDir()));
    folders.add(new Folder("inbox", "BACKFILL_INBOX_DIR", settings.inboxDir()));
    if (settings.isInFolder()) {
      folders.add(new Folder("errors", "BACKFILL_ERRORS_DIR", settings.errorsDir()));
    }
    for (Folder folder : folders) {
      Gauge.builder("kintell.folder.free", folder, it -> it.free)
          .description("Room left for this process on the disk of a folder")
          .baseUnit("bytes")
          .tag("folder", folder.name)
          .register(meters);
      Gauge.builder("kintell.folder.size", folder, it -> it.size)
          .description("Size of the disk of a folder")
          .baseUnit("bytes")
          .tag("folder", folder.name)
          .register(meters);
    }
  }

  /** Measures again, and logs changes. */
  public void measure() {
    folders.forEach(Folder::measure);
    uploads.works();
  }

  /** Notes that an upload did not fit into the data folder. */
  public void refused() {
    Folder data = folders.get(0);
    if (!data.outage.isOn()) {
      uploads.fails("one was larger than the room in %s=%s".formatted(data.variable, data.path));
    }
  }

  /** {@code ok}, or which folders are full. */
  public String describe() {
    String full =
        folders.stream()
            .filter(folder -> folder.outage.isOn())
            .map(folder -> folder.variable + " is full")
            .collect(Collectors.joining(", "));
    return full.isEmpty() ? OK : full;
  }

  /** One of the folders with its last measurement; unknown sizes are NaN. */
  private static final class Folder {
    private final String name;
    private final String variable;
    private final Path path;
    private volatile double free = Double.NaN;
    private volatile double size = Double.NaN;
    private final Outage outage;

    Folder(String name, String variable, Path path) {
      this.name = name;
      this.variable = variable;
      this.path = path.toAbsolutePath().normalize();
      String where = ": %s=%s,".formatted(variable, this.path);
      this.outage =
          new Outage(
              "Disk full" + where,
              "Free space there",
              "Disk no longer full" + where,
              Duration.ZERO);
    }

    private void measure() {
      try {
        FileStore store = Files.getFileStore(path);
        free = store.getUsableSpace();
        size = store.getTotalSpace();
      } catch (IOException e) {
        free = Double.NaN;
        size = Double.NaN;
        LOG.debug("{} is not measured: {}", path, e.toString());
        return;
      }
      if (free < FULL) {
        outage.fails("%d KB are left".formatted((long) free >> 10));
      } else {
        outage.works();
      }
    }
  }
}
