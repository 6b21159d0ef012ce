package org.kintell.backfill.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of this build.
 *
 * @param number version in the POM, such as {@code 0.1.0}
 * @param commit the abbreviated id, with {@code -dirty} behind it if files were changed since;
 *     {@code unknown} for a build without its history
 */
public record Version(String number, String commit) {

  private static final String UNKNOWN = "unknown";

  /** Reads the files that the build put into the jar. */
  public static Version read() {
    Properties build = properties("/META-INF/build-info.properties");
    Properties git = properties("/git.properties");
    String commit = git.getProperty("git.commit.id.abbrev", UNKNOWN);
    boolean dirty = Boolean.parseBoolean(git.getProperty("git.dirty"));
    return new Version(
        build.getProperty("build.version", UNKNOWN), dirty ? commit + "-dirty" : commit);
  }

  private static Properties properties(String resource) {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(resource)) {
      if (in != null) {
        properties.load(in);
      }
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return number + " (commit " + commit + ")";
  }
}
