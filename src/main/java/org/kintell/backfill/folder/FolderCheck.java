package org.kintell.backfill.folder;

import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.SettingCheck;
import org.springframework.stereotype.Component;

/** The folders can be made and written to; the data folder has checked itself. */
@Component
class FolderCheck implements SettingCheck {

  FolderCheck(BackfillSettings settings, DataFolder data, FileModes modes) {
    WritableFolder.of("BACKFILL_INBOX_DIR", settings.inboxDir(), modes);
    WritableFolder.of("BACKFILL_ERRORS_DIR", settings.errorsDir(), modes);
  }
}
