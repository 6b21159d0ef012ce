package org.kintell.backfill;

import org.springframework.stereotype.Component;

/** The folders can be made and written to. */
@Component
class FolderCheck implements SettingCheck {

  FolderCheck(BackfillSettings settings) {
    WritableFolder.of("BACKFILL_DATA_DIR", settings.dataDir());
    WritableFolder.of("BACKFILL_INBOX_DIR", settings.inboxDir());
    WritableFolder.of("BACKFILL_ERRORS_DIR", settings.errorsDir());
  }
}
