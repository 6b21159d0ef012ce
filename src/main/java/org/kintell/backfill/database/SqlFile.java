package org.kintell.backfill.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The statements of this service, one a file, in {@code sql/} on the class path. */
public final class SqlFile {

  private SqlFile() {}

  /** The statement in {@code sql/<name>.sql}. */
  public static String read(String name) {
    try (InputStream in = SqlFile.class.getResourceAsStream("/sql/" + name + ".sql")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
