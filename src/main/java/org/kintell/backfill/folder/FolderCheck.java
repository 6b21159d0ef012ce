package org.kintell.backfill.folder;

import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.SettingCheck;
import org.springframework.stereotype.Component;

/** Checks that the folders can be created and written to; the data folder has its own check. */
@Component
class FolderCheck implements SettingCheck {

  FolderCheck(BackfillSettings settings, DataFolder data, FileModes modes) {
    WritableFolder.of("BACKFILL_INBOX_DIR", settings.inboxDir(), modes);
    if (settings.isInFolder()) {
      WritableFolder.of("BACKFILL_ERRORS_DIR", settings.errorsDir(), modes);
    }
  }
}
