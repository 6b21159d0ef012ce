package org.kintell.backfill.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The statements of this service, one a file, in {@code sql/} on the class path. */
public final class SqlFile {

  /** Placeholder for another file in a statement. */
  private static final Pattern PART = Pattern.compile("\\$\\{([a-z-]+(?:/[a-z-]+)+)}");

  private SqlFile() {}

  /** The statement in {@code sql/<name>.sql}, with included files inserted. */
  public static String read(String name) {
    return PART.matcher(file(name))
        .replaceAll(part -> Matcher.quoteReplacement(read(part.group(1)).strip()));
  }

  private static String file(String name) {
    try (InputStream in = SqlFile.class.getResourceAsStream("/sql/" + name + ".sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
