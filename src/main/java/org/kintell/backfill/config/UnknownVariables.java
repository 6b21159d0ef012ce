package org.kintell.backfill.config;

import java.util.Comparator;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.StandardEnvironment;

/** Warns of unknown variables of this service, because a misspelt one has no effect. */
class UnknownVariables implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final Logger LOG = LoggerFactory.getLogger(UnknownVariables.class);
  private static final String PREFIX = "BACKFILL_";

  /** Names that differ in more letters are not similar. */
  private static final int FARTHEST = 6;

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    Set<String> known = known(environment);
    set(environment)
        .filter(name -> name.startsWith(PREFIX) && !known.contains(name))
        .sorted()
        .forEach(name -> LOG.warn("Unknown variable {} has no effect{}", name, hint(name, known)));
  }

  private static Stream<String> set(ConfigurableEnvironment environment) {
    return environment
                .getPropertySources()
                .get(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME)
            instanceof EnumerablePropertySource<?> variables
        ? Stream.of(variables.getPropertyNames())
        : Stream.empty();
  }

  /** By the variable's own name or by Spring Boot's name for the property. */
  private static Set<String> known(ConfigurableEnvironment environment) {
    Set<String> known = Variables.known();
    environment.getPropertySources().stream()
        .filter(EnumerablePropertySource.class::isInstance)
        .flatMap(source -> Stream.of(((EnumerablePropertySource<?>) source).getPropertyNames()))
        .filter(property -> property.startsWith("backfill."))
        .forEach(property -> known.add(Setting.usual(property)));
    return known;
  }

  private static String hint(String name, Set<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(other -> Spelling.distance(name, other)))
        .filter(nearest -> Spelling.distance(name, nearest) <= FARTHEST)
        .map(nearest -> ". Did you mean " + nearest + "?")
        .orElse("");
  }
}
