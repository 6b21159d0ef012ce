package org.kintell.backfill.http.security;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/** The command that creates an API key. */
public final class NewKey {

  public static final String COMMAND = "new-key";

  private static final int KEY_BYTES = 32;

  private NewKey() {}

  /**
   * Prints a new key and its entry for the settings.
   *
   * @param arguments the command, a name, a role
   * @return the exit code
   */
  public static int run(String... arguments) {
    // Not to the log: a key is shown only this once.
    try (PrintWriter out =
        new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)) {
      if (arguments.length != 3 || Role.of(arguments[2]).isEmpty()) {
        out.println("Usage: " + COMMAND + " <name> <role>, the role one of " + Role.labels());
        return 2;
      }
      byte[] random = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(random);
      String key = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
      String entry = arguments[1] + ":" + arguments[2] + ":" + ApiKey.hashOf(key);
      try {
        ApiKey.parse(entry);
      } catch (IllegalArgumentException e) {
        out.println("A name has up to 64 letters, digits, dots, dashes and underscores");
        return 2;
      }
      out.println("Key, shown this once: " + key);
      out.println("Add to BACKFILL_API_KEYS: " + entry);
      return 0;
    }
  }
}
