package org.kintell.backfill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.config.Setting;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.database.DatabaseSettings;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Reads the settings that hold secrets without interpretation: with a placeholder in
 * application.yaml, Spring would resolve placeholders in the value too. Files may hold them, named
 * by the same variable with {@code _FILE}, so that neither process lists nor container descriptions
 * show them.
 */
class SecretSettings implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final Map<String, String> PROPERTIES =
      Map.of(
          "DATABASE_URL", DatabaseSettings.URL,
          "NATS_URL", "backfill.events.nats-url",
          "BACKFILL_API_KEYS", "backfill.access.api-keys",
          "BACKFILL_OIDC_CLIENT_SECRET", "backfill.access.oidc-client-secret",
          "BACKFILL_CONSOLE_SECRET", "backfill.console.secret");

  private static final String SUFFIX = "_FILE";

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    Map<String, Object> secrets = new HashMap<>();
    Map<String, Object> defaults = new HashMap<>();
    PROPERTIES.forEach(
        (variable, property) -> {
          defaults.put(property, Secret.NONE);
          property(environment, property)
              .or(() -> file(environment, variable))
              .or(() -> variable(environment, variable).map(Secret::new))
              .ifPresent(secret -> secrets.put(property, secret));
        });
    environment.getPropertySources().addFirst(new MapPropertySource("secrets", secrets));
    environment.getPropertySources().addLast(new MapPropertySource("noSecrets", defaults));
  }

  /** The property itself, which has a name of its own, such as on the command line. */
  private static Optional<Secret> property(ConfigurableEnvironment environment, String property) {
    return Setting.find(environment, property)
        .map(ConfigurationProperty::getValue)
        .map(value -> value instanceof Secret secret ? secret : new Secret(value.toString()));
  }

  private static Optional<String> variable(ConfigurableEnvironment environment, String variable) {
    return environment.getPropertySources().stream()
        .filter(
            source -> !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
        .map(source -> source.getProperty(variable))
        .filter(Objects::nonNull)
        .map(Object::toString)
        .findFirst();
  }

  private static Optional<Secret> file(ConfigurableEnvironment environment, String variable) {
    return variable(environment, variable + SUFFIX)
        .filter(StringUtils::hasText)
        .map(file -> read(environment, variable, file));
  }

  private static Secret read(ConfigurableEnvironment environment, String variable, String file) {
    if (variable(environment, variable).filter(StringUtils::hasText).isPresent()) {
      throw new WrongSettingException(
          variable + SUFFIX, file, "only one of " + variable + " and " + variable + SUFFIX);
    }
    String expected = "a file that this process can read, with the value in it";
    try {
      Secret secret = new Secret(Files.readString(Path.of(file)).strip());
      if (secret.isPresent()) {
        return secret;
      }
    } catch (IOException | InvalidPathException e) {
      throw new WrongSettingException(variable + SUFFIX, file, expected, e);
    }
    throw new WrongSettingException(variable + SUFFIX, file, expected);
  }
}
