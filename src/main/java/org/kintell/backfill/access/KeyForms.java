package org.kintell.backfill.access;

import org.kintell.backfill.SettingCheck;
import org.springframework.stereotype.Component;

/** The keys have the form that is documented. */
@Component
class KeyForms implements SettingCheck {

  KeyForms(AccessSettings settings) {
    settings.keys();
  }
}
