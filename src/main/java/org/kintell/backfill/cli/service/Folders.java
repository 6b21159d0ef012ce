package org.kintell.backfill.cli.service;

import java.nio.file.Path;
import java.util.Map;

/** Where the files of a user are, as the XDG Base Directory Specification has it. */
final class Folders {

  private Folders() {}

  /** For keys. */
  static Path config(Map<String, String> environment) {
    return folder(environment, "XDG_CONFIG_HOME", ".config");
  }

  /** For uploads that are not over. */
  static Path state(Map<String, String> environment) {
    return folder(environment, "XDG_STATE_HOME", ".local/state");
  }

  private static Path folder(Map<String, String> environment, String variable, String usual) {
    String named = environment.getOrDefault(variable, "");
    Path base =
        named.startsWith("/")
            ? Path.of(named)
            : Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), usual);
    return base.resolve("kintell");
  }
}
