package org.kintell.backfill.devservices;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kintell.backfill.folder.FileModes;

/**
 * The password of the embedded PostgreSQL, in a file in the form of {@code .pgpass}, which psql and
 * every other client of PostgreSQL can use.
 */
final class Passfile {

  private static final int PASSWORD_BYTES = 32;

  private final Path file;
  private final String user;

  Passfile(Path file, String user) {
    this.file = file;
    this.user = user;
  }

  Path path() {
    return file;
  }

  /** Empty if the file is missing or has no password of the user. */
  Optional<String> password() throws IOException {
    Pattern line = Pattern.compile("127\\.0\\.0\\.1:\\*:\\*:" + user + ":([A-Za-z0-9_-]+)");
    try {
      return Files.readAllLines(file).stream()
          .map(line::matcher)
          .filter(Matcher::matches)
          .map(found -> found.group(1))
          .findFirst();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Random text that needs no escape in any format. */
  static String newPassword() {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Replaces the file atomically. */
  void write(String password) throws IOException {
    String line = "127.0.0.1:*:*:" + user + ":" + password + "\n";
    FileModes.PRIVATE.replace(file, line.getBytes(StandardCharsets.US_ASCII));
  }
}
