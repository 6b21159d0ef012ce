package org.kintell.backfill.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands that follow a job which exists. */
final class WatchCommands {

  private WatchCommands() {}

  abstract static class Follow extends Session {

    @Mixin SharedOptions.JobOrLatest job;
    @Mixin SharedOptions.Success success;

    @Override
    boolean isLong() {
      return true;
    }

    final int follow(boolean shown) {
      return follow(find(job.named), success.allowRejects, shown);
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
