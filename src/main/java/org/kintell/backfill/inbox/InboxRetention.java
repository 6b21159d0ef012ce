package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.folder.OwnFolder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Deletes old files from {@code done} and {@code failed}. */
@Component
public class InboxRetention {

  private static final Logger LOG = LoggerFactory.getLogger(InboxRetention.class);

  private final List<OwnFolder> folders;
  private final int days;
  private final Clock clock;

  @Autowired
  InboxRetention(BackfillSettings settings, RecentlyArchivedFiles recent) {
    this(settings.inboxDir(), recent.own(), settings.inboxRetentionDays(), Clock.systemUTC());
  }

  InboxRetention(Path inbox, Path own, int days, Clock clock) {
    this.folders =
        Stream.of("done", "failed").map(name -> new OwnFolder(inbox.resolve(name), own)).toList();
    this.days = days;
    this.clock = clock;
  }

  /** Deletes what is older than the retention period. A folder of another user is skipped. */
  public void purge() {
    if (days == 0) {
      return;
    }
    Instant limit = clock.instant().minus(Duration.ofDays(days));
    int removed = 0;
    for (OwnFolder folder : folders) {
      removed += purge(folder, limit);
    }
    if (removed > 0) {
      LOG.info("Removed {} inbox results older than {} days", removed, days);
    }
  }

  private static int purge(OwnFolder folder, Instant limit) {
    int removed = 0;
    try (SecureDirectoryStream<Path> files = folder.open()) {
      for (Path file : files) {
        if (isRegular(files, file) && since(file).isBefore(limit)) {
          files.deleteFile(file.getFileName());
          removed++;
        }
      }
    } catch (NoSuchFileException e) {
      LOG.debug("{} does not exist yet, or {} is gone", folder.path(), e.getFile());
    } catch (DirectoryIteratorException e) {
      warn(folder, e.getCause());
    } catch (IOException e) {
      warn(folder, e);
    }
    return removed;
  }

  private static void warn(OwnFolder folder, IOException thrown) {
    LOG.warn(
        "Old inbox results in {} could not be removed: {}", folder.path(), OnceLog.reason(thrown));
  }

  private static boolean isRegular(SecureDirectoryStream<Path> files, Path file)
      throws IOException {
    return files
        .getFileAttributeView(
            file.getFileName(), BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .readAttributes()
        .isRegularFile();
  }

  /** When it was moved here: a move changes only ctime. */
  private static Instant since(Path file) throws IOException {
    return ((FileTime) Files.getAttribute(file, "unix:ctime", LinkOption.NOFOLLOW_LINKS))
        .toInstant();
  }
}
