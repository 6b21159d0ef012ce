package org.kintell.backfill;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Complains about a form of the log that there is not. */
@Component
class LogSettings implements SettingCheck {

  LogSettings(Environment environment) {
    String format = environment.getProperty(LogFormat.VARIABLE, LogFormat.TEXT);
    if (!format.isEmpty() && !format.equals(LogFormat.TEXT) && !format.equals(LogFormat.ECS)) {
      throw new WrongSettingException(
          LogFormat.VARIABLE, format, LogFormat.TEXT + " or " + LogFormat.ECS);
    }
  }
}
