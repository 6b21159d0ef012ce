package org.kintell.backfill;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Settings that hold secrets may stand in files, whose names are given by the same variable with
 * {@code _FILE}: neither lists of processes nor descriptions of containers show them then.
 */
class SecretFiles implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final List<String> VARIABLES =
      List.of("DATABASE_URL", "NATS_URL", "BACKFILL_API_KEYS");

  private static final String SUFFIX = "_FILE";

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    Map<String, Object> secrets = new HashMap<>();
    for (String variable : VARIABLES) {
      String file = context.getEnvironment().getProperty(variable + SUFFIX);
      if (StringUtils.hasText(file)) {
        secrets.put(variable, read(context.getEnvironment(), variable, file));
      }
    }
    if (!secrets.isEmpty()) {
      context
          .getEnvironment()
          .getPropertySources()
          .addFirst(new MapPropertySource("secretFiles", secrets));
    }
  }

  private static String read(Environment environment, String variable, String file) {
    if (StringUtils.hasText(environment.getProperty(variable))) {
      throw new WrongSettingException(
          variable + SUFFIX, file, "only one of " + variable + " and " + variable + SUFFIX);
    }
    try {
      String secret = Files.readString(Path.of(file)).strip();
      if (!secret.isEmpty()) {
        return secret;
      }
    } catch (IOException | InvalidPathException e) {
      // Said below, whatever the reason.
    }
    throw new WrongSettingException(
        variable + SUFFIX, file, "a file that this process can read, with the value in it");
  }
}
