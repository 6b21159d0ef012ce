package org.kintell.backfill.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The environment variables that application.yaml names. */
public final class Variables {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([A-Z][A-Z_]+)");
  private static final Pattern OURS =
      Pattern.compile("(AWS|BACKFILL|DATABASE|NATS|SERVER|MANAGEMENT|SPRING|LOGGING|CAMEL)_.*");

  private static final Set<String> SECRETS =
      Set.of(
          "DATABASE_URL",
          "NATS_URL",
          "BACKFILL_API_KEYS",
          "BACKFILL_OIDC_CLIENT_SECRET",
          "BACKFILL_CONSOLE_SECRET");

  private static final String SUFFIX = "_FILE";

  private Variables() {}

  /** All of them, the names of secrets' files too. */
  static Set<String> known() {
    Set<String> known = new TreeSet<>(SECRETS);
    SECRETS.forEach(secret -> known.add(secret + SUFFIX));
    PLACEHOLDER.matcher(yaml()).results().forEach(found -> known.add(found.group(1)));
    return known;
  }

  /** The variables that are set. Only those known to hold no secret appear with their value. */
  public static Map<String, String> shown(Map<String, String> environment) {
    Set<String> known = known();
    Map<String, String> shown = new TreeMap<>();
    environment.forEach(
        (name, value) -> {
          if (OURS.matcher(name).matches()) {
            boolean harmless = known.contains(name) && !SECRETS.contains(name);
            shown.put(name, harmless ? value : "(set)");
          }
        });
    return shown;
  }

  private static String yaml() {
    try (InputStream in = Variables.class.getResourceAsStream("/application.yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
