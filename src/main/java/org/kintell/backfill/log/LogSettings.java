package org.kintell.backfill.log;

import org.kintell.backfill.config.LogFormat;
import org.kintell.backfill.config.SettingCheck;
import org.kintell.backfill.config.WrongSettingException;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Complains about a form of the log that there is not. */
@Component
public class LogSettings implements SettingCheck {

  LogSettings(Environment environment) {
    String format = environment.getProperty(LogFormat.VARIABLE, LogFormat.TEXT);
    if (!format.isEmpty() && !format.equals(LogFormat.TEXT) && !format.equals(LogFormat.ECS)) {
      throw new WrongSettingException(
          LogFormat.VARIABLE, format, LogFormat.TEXT + " or " + LogFormat.ECS);
    }
  }
}
