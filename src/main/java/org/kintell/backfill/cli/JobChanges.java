package org.kintell.backfill.cli;

import com.google.gson.JsonObject;
import java.util.List;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Service;
import org.kintell.backfill.cli.terminal.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that change a job. */
final class JobChanges {

  private JobChanges() {}

  abstract static class Change extends Session {

    @Parameters(
        index = "0",
        paramLabel = "JOB",
        description = "Id, its beginning, file name, or @latest.")
    String job;

    /** What the request has made of the job, in a word or two. */
    static String state(JsonObject job) {
      String requested = Text.text(job, "requested");
      return requested.isEmpty()
          ? job.has("queued") ? "queued" : Text.text(job, "status")
          : requested + " requested, reached within two seconds";
    }

    final int show(JsonObject changed) {
      if (json()) {
        output().json(changed);
      } else {
        output()
            .data(
                "%s: %s, job %s"
                    .formatted(
                        Text.harmless(Text.text(changed, "fileName")),
                        state(changed),
                        Text.text(changed, "jobId")));
      }
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "pause",
      description = "Pauses a job. Imported rows stay; resume goes on.",
      footer = {"Example:", "  kintell pause march.csv"})
  static final class Pause extends Change {
    @Override
    public Integer call() {
      return show(service().post(path(find(job), "pause")));
    }
  }

  @Command(
      name = "cancel",
      description = "Ends a job for good. Imported rows stay; rollback removes them.",
      footer = {"Example:", "  kintell cancel march.csv"})
  static final class Cancel extends Change {
    @Override
    public Integer call() {
      return show(service().post(path(find(job), "cancel")));
    }
  }

  /** A change after which a job runs. */
  abstract static class Run extends Change {

    @Option(
        names = "--detach",
        order = 10,
        description = "Do not watch; exit 8 while the job goes on.")
    boolean detach;

    @Option(
        names = "--allow-rejects",
        order = 11,
        description = "Rejected rows do not count: exit 0 instead of 3.")
    boolean allowRejects;

    @Override
    boolean isLong() {
      return true;
    }

    final int run(JsonObject job) {
      if (detach) {
        show(job);
        return ExitCode.STILL_GOING;
      }
      return follow(Text.text(job, "jobId"), allowRejects, !json());
    }
  }

  @Command(
      name = "resume",
      description = "Starts a job, or goes on with a paused or failed one, and watches it.",
      footer = {"Example:", "  kintell resume march.csv --max-errors 100"})
  static final class Resume extends Run {

    @Option(
        names = "--max-errors",
        paramLabel = "N",
        order = 1,
        description = "Pause when more rows are rejected.")
    Long maxErrors;

    @Option(
        names = "--max-error-rate",
        paramLabel = "0.05",
        order = 2,
        description = "Pause when a larger share of the rows is rejected.")
    String maxErrorRate;

    @Override
    public Integer call() {
      StringBuilder path = new StringBuilder(path(find(job), "resume"));
      if (maxErrors != null) {
        path.append("?maxErrors=").append(maxErrors);
      }
      if (maxErrorRate != null) {
        path.append(maxErrors == null ? '?' : '&')
            .append("maxErrorRate=")
            .append(Service.encoded(maxErrorRate));
      }
      return run(service().post(path.toString()));
    }
  }

  @Command(
      name = "retry",
      description = {
        "Imports the open rejects of a job again, as they are, as a new job, and watches it.",
        "For rows that were right, such as those whose users were missing."
      },
      footer = {"Example:", "  kintell retry march.csv --cause participant-not-found"})
  static final class Retry extends Run {

    @Option(
        names = "--cause",
        paramLabel = "CAUSE",
        split = ",",
        order = 1,
        description = "Only rejects with this cause; see kintell errors.")
    List<String> causes = List.of();

    @Override
    public Integer call() {
      String query = causes.isEmpty() ? "" : "?cause=" + Service.encoded(String.join(",", causes));
      return run(service().postOnce(path(find(job), "retry") + query));
    }
  }
}
