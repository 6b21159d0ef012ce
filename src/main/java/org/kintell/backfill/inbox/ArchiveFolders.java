package org.kintell.backfill.inbox;

import org.kintell.backfill.folder.FileModes;
import org.springframework.stereotype.Component;

/** The folders for files that are done with. */
@Component
class ArchiveFolders {

  private static final String DONE = "done";
  private static final String FAILED = "failed";

  private final ArchiveFolder done;
  private final ArchiveFolder failed;

  ArchiveFolders(Inbox inbox, RecentlyArchivedFiles recent, FileModes modes) {
    this.done = new ArchiveFolder(inbox.own(DONE, modes), recent, modes);
    this.failed = new ArchiveFolder(inbox.own(FAILED, modes), recent, modes);
  }

  ArchiveFolder done() {
    return done;
  }

  ArchiveFolder failed() {
    return failed;
  }

  /** The folder of this name. */
  ArchiveFolder of(String name) {
    return name.equals(DONE) ? done : failed;
  }
}
