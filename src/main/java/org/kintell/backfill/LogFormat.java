package org.kintell.backfill;

import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Has the log written as JSON where that is asked for. This is decided before anything can be
 * logged, so a wrong value is complained about later, by {@link LogSettings}.
 */
class LogFormat implements EnvironmentPostProcessor {

  static final String VARIABLE = "BACKFILL_LOG_FORMAT";
  static final String TEXT = "text";
  static final String ECS = "ecs";

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
