package org.kintell.backfill;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Complains about a form of the log that there is not. */
@Component
class LogSettings implements SettingCheck {

  LogSettings(@Value("${" + LogFormat.VARIABLE + ":" + LogFormat.TEXT + "}") String format) {
    if (!format.isEmpty() && !format.equals(LogFormat.TEXT) && !format.equals(LogFormat.ECS)) {
      throw new WrongSettingException(
          LogFormat.VARIABLE, format, LogFormat.TEXT + " or " + LogFormat.ECS);
    }
  }
}
