package org.kintell.backfill.http.security;

import org.kintell.backfill.config.SettingCheck;
import org.springframework.stereotype.Component;

/** The keys have the form that is documented. */
@Component
class KeyForms implements SettingCheck {

  KeyForms(AccessSettings settings) {
    settings.keys();
  }
}
