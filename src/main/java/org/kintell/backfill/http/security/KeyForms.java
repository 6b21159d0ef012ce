package org.kintell.backfill.http.security;

import org.kintell.backfill.config.SettingCheck;
import org.springframework.stereotype.Component;

/** Checks the form of the API keys at start. */
@Component
class KeyForms implements SettingCheck {

  KeyForms(AccessSettings settings) {
    settings.keys();
  }
}
