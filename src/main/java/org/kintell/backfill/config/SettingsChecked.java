package org.kintell.backfill.config;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.stereotype.Component;

/**
 * All settings have passed the checks that need no database and no broker. Beans that start a
 * server, or wait for one, depend on this bean.
 */
@Component(SettingsChecked.NAME)
public class SettingsChecked {

  public static final String NAME = "settingsChecked";

  SettingsChecked(ListableBeanFactory beans) {
    beans.getBeansWithAnnotation(ConfigurationProperties.class);
    beans.getBeansOfType(SettingCheck.class);
  }
}
