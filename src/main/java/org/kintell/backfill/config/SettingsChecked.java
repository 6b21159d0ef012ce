package org.kintell.backfill.config;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * All settings are read, and checked for what can be known without a database or a broker. What
 * starts a server, or waits for one, depends on this bean.
 */
@Component(SettingsChecked.NAME)
public class SettingsChecked {

  public static final String NAME = "settingsChecked";

  SettingsChecked(ListableBeanFactory beans) {
    beans.getBeansWithAnnotation(ConfigurationProperties.class);
    beans.getBeansOfType(SettingCheck.class);
  }
}
