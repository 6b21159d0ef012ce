package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.kintell.backfill.BackfillSettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** How long files stay in {@code done} and {@code failed}, with what lies beside them. */
@Component
public class InboxRetention {

  private static final Logger LOG = LoggerFactory.getLogger(InboxRetention.class);

  private final List<Path> folders;
  private final int days;
  private final Clock clock;

  @Autowired
  InboxRetention(BackfillSettings settings) {
    this(settings.inboxDir(), settings.inboxRetentionDays(), Clock.systemUTC());
  }

  InboxRetention(Path inbox, int days, Clock clock) {
    this.folders = List.of(inbox.resolve("done"), inbox.resolve("failed"));
    this.days = days;
    this.clock = clock;
  }

  /** Removes what is due; nothing where no time is set. */
  public void purge() throws IOException {
    if (days == 0) {
      return;
    }
    Instant limit = clock.instant().minus(Duration.ofDays(days));
    int removed = 0;
    for (Path folder : folders) {
      removed += purge(folder, limit);
    }
    if (removed > 0) {
      LOG.info("Removed {} inbox results older than {} days", removed, days);
    }
  }

  private static int purge(Path folder, Instant limit) throws IOException {
    int removed = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
            && since(file).isBefore(limit)
            && Files.deleteIfExists(file)) {
          removed++;
        }
      }
    } catch (NoSuchFileException e) {
      LOG.debug("Nothing was put into {} yet, or {} is gone", folder, e.getFile());
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return removed;
  }

  /** Since when it lies there. A file that was moved keeps the time at which it was written. */
  private static Instant since(Path file) throws IOException {
    return ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS))
        .toInstant();
  }
}
