package org.kintell.backfill.config;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.Environment;

/**
 * A setting as the operator wrote it.
 *
 * @param variable the environment variable
 * @param value its text
 */
public record Setting(String variable, String value) {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^:}]+)(:.*)?}");
  private static final Pattern VARIABLE = Pattern.compile("[A-Z_]+");

  /** The variable that supplies a property's value, and this value. */
  public static Setting of(Environment environment, String property) {
    ConfigurationProperty found = find(environment, property).orElse(null);
    if (found == null) {
      return new Setting(usual(property), "");
    }
    String text = String.valueOf(found.getValue());
    Matcher placeholder = PLACEHOLDER.matcher(text);
    if (placeholder.matches()) {
      // Properties have names of their own, which application.yaml ties to the variables.
      String other = placeholder.group(1);
      return isVariable(other)
          ? new Setting(other, environment.resolvePlaceholders(text))
          : of(environment, other);
    }
    return new Setting(
        found.getOrigin() instanceof PropertySourceOrigin set && isVariable(set.getPropertyName())
            ? set.getPropertyName()
            : usual(property),
        text);
  }

  /** The first source's value of a property. */
  public static Optional<ConfigurationProperty> find(Environment environment, String property) {
    ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
    return StreamSupport.stream(ConfigurationPropertySources.get(environment).spliterator(), false)
        .map(source -> source.getConfigurationProperty(name))
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static boolean isVariable(String name) {
    return VARIABLE.matcher(name).matches();
  }

  /** {@code server.port} is SERVER_PORT to Spring Boot. */
  static String usual(String property) {
    return property.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT);
  }
}
