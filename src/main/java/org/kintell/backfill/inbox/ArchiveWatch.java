package org.kintell.backfill.inbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Body;
import org.kintell.backfill.inbox.RecentlyArchivedFiles.Archived;
import org.kintell.backfill.start.Upload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Takes files again that were not fully written when they were taken. */
@Component
public class ArchiveWatch {

  private static final Logger LOG = LoggerFactory.getLogger(ArchiveWatch.class);

  private final Inbox inbox;
  private final ArchiveFolders folders;
  private final FileContent content;
  private final StableSizeReadLock readLock;
  private final RecentlyArchivedFiles recent;
  private final OnceLog log;

  ArchiveWatch(
      Inbox inbox,
      ArchiveFolders folders,
      FileContent content,
      StableSizeReadLock readLock,
      RecentlyArchivedFiles recent,
      OnceLog log) {
    this.inbox = inbox;
    this.folders = folders;
    this.content = content;
    this.readLock = readLock;
    this.recent = recent;
    this.log = log;
  }

  /**
   * The files that somebody went on writing to when they were done with already. Notes of others
   * that are older than ten minutes are removed.
   */
  public List<Archived> changed() throws IOException {
    List<Archived> changed = new ArrayList<>();
    for (Archived archived : recent.all()) {
      try {
        if (!isUsable(archived.archive())) {
          continue;
        }
        if (hasChanged(archived)) {
          changed.add(archived);
        } else if (!archived.isRecent()) {
          recent.forget(archived);
        }
      } catch (NoSuchFileException e) {
        LOG.debug("{} was moved meanwhile", archived);
      } catch (IOException e) {
        warn(archived, "cannot be checked for what was written to it since", e);
      }
    }
    return changed;
  }

  /** One line for the folder, and not one for each file in it. */
  private boolean isUsable(String archive) {
    try {
      folders.of(archive).file("");
      return true;
    } catch (IOException e) {
      log.warn(
          Path.of(archive),
          "",
          "Files in %s/ that are written to are not taken again: %s"
              .formatted(archive, OnceLog.reason(e)));
      return false;
    }
  }

  private boolean hasChanged(Archived archived) throws IOException {
    Path file = file(archived);
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return false;
    }
    FileVersion now = FileVersion.of(file);
    Upload upload = new Upload(archived.jobId(), archived.name(), file, Upload.Origin.INBOX);
    if (content.hasChanged(upload, archived.version(), now)) {
      return true;
    }
    if (!archived.version().equals(now)) {
      recent.note(archived.as(now));
    }
    return false;
  }

  /** Takes such a file again; it is remembered until that is done. */
  public void takeAgain(@Body Archived archived) {
    try {
      Path target = UniqueFileNames.in(inbox.folder(), archived.name());
      folders.of(archived.archive()).takeBack(file(archived), target);
      recent.forget(archived);
      readLock.tookTooEarly(archived.name());
      LOG.warn(
          "Inbox file {} was written to after it had been archived: taken again", shown(archived));
    } catch (NoSuchFileException e) {
      LOG.debug("{} was taken again by another process", archived);
    } catch (IOException e) {
      warn(archived, "was written to, and cannot be moved back into the inbox", e);
    }
  }

  private void warn(Archived archived, String what, IOException e) {
    log.warn(
        Path.of(archived.archive(), archived.file()),
        archived.version(),
        "Inbox file %s %s: %s".formatted(shown(archived), what, OnceLog.reason(e)));
  }

  private static String shown(Archived archived) {
    return archived.archive() + "/" + Claim.shown(archived.file());
  }

  private Path file(Archived archived) throws IOException {
    return folders.of(archived.archive()).file(archived.file());
  }
}
