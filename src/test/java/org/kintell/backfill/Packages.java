package org.kintell.backfill;

import java.util.List;

/** The order of the packages: each may use those before it. */
final class Packages {

  private static final String ROOT = "org.kintell.backfill";

  /** The last one is the root, which puts the parts together. */
  static final List<String> ORDER =
      List.of(
          "config",
          "log",
          "folder",
          "database",
          "row",
          "csv",
          "file",
          "store",
          "cli.terminal",
          "cli.service",
          "cli.job",
          "cli",
          "trail",
          "http.problem",
          "http.upload",
          "http",
          "http.security",
          "devservices",
          "job",
          "reject",
          "job.run",
          "load",
          "load.write",
          "event",
          "start",
          "dryrun",
          "rollback",
          "erasure",
          "inbox",
          "api",
          "api.progress",
          "console",
          "ops",
          "command",
          "");

  private Packages() {}

  static String named(String name) {
    return name.isEmpty() ? ROOT : ROOT + "." + name;
  }

  static String nameOf(Class<?> type) {
    return type.getPackageName().equals(ROOT)
        ? ""
        : type.getPackageName().substring(ROOT.length() + 1);
  }
}
