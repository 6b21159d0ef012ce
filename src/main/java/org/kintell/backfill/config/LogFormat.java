package org.kintell.backfill.config;

import java.util.Map;
import org.kintell.backfill.log.LogSettings;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Has the log written as JSON where that is asked for. This is decided before anything can be
 * logged, so a wrong value is complained about later, by {@link LogSettings}.
 */
public class LogFormat implements EnvironmentPostProcessor {

  public static final String VARIABLE = "BACKFILL_LOG_FORMAT";
  public static final String TEXT = "text";
  public static final String ECS = "ecs";

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    if (ECS.equals(environment.getProperty(VARIABLE))) {
      environment
          .getPropertySources()
          .addLast(
              new MapPropertySource("logFormat", Map.of("logging.structured.format.console", ECS)));
    }
  }
}
