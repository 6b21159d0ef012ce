package org.kintell.backfill.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that follow a job which exists. */
final class WatchCommands {

  private WatchCommands() {}

  abstract static class Follow extends Session {

    @Parameters(
        index = "0",
        arity = "0..1",
        defaultValue = "@latest",
        paramLabel = "JOB",
        description = "Id, its beginning, file name, or @latest (default).")
    String job;

    @Option(
        names = "--allow-rejects",
        order = 1,
        description = "Rejected rows do not count: exit 0 instead of 3.")
    boolean allowRejects;

    @Override
    boolean isLong() {
      return true;
    }

    final int follow(boolean shown) {
      return follow(find(job), allowRejects, shown);
    }
  }

  @Command(
      name = "watch",
      description =
          "Shows the progress of a job until it stops, then its outcome. Ctrl-C ends this command only.",
      footer = {"Example:", "  kintell watch march.csv"})
  static final class Watch extends Follow {
    @Override
    public Integer call() {
      return follow(!json());
    }
  }

  @Command(
      name = "wait",
      description = "Waits until a job stops, and shows its outcome; for scripts.",
      footer = {"Example:", "  kintell wait --timeout 2h @latest || echo \"exit $?\""})
  static final class Wait extends Follow {
    @Override
    public Integer call() {
      return follow(false);
    }
  }
}
