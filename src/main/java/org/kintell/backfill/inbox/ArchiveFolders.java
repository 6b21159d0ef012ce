package org.kintell.backfill.inbox;

import org.kintell.backfill.FileModes;
import org.kintell.backfill.OwnFolder;
import org.springframework.stereotype.Component;

/** The folders for files that are done with. */
@Component
class ArchiveFolders {

  private static final String DONE = "done";
  private static final String FAILED = "failed";

  private final ArchiveFolder done;
  private final ArchiveFolder failed;

  ArchiveFolders(Inbox inbox, RecentlyArchivedFiles recent, FileModes modes) {
    this.done = folder(DONE, inbox, recent, modes);
    this.failed = folder(FAILED, inbox, recent, modes);
  }

  private static ArchiveFolder folder(
      String name, Inbox inbox, RecentlyArchivedFiles recent, FileModes modes) {
    return new ArchiveFolder(
        new OwnFolder(inbox.folder().resolve(name), recent.own()), recent, modes);
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
