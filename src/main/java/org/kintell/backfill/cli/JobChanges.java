package org.kintell.backfill.cli;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import org.kintell.backfill.cli.service.Endpoints;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.terminal.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands that change a job. */
final class JobChanges {

  private JobChanges() {}

  abstract static class Change extends Session {

    @Mixin SharedOptions.Job job;

    final JsonObject post(String request) {
      return service().post(Endpoints.job(find(job.named), request));
    }

    /** The state of the job after the request, in a word or two. */
    static String state(JsonObject job) {
      String requested = Text.text(job, "requested");
      return requested.isEmpty()
          ? job.has("queued") ? "queued" : Text.text(job, "status")
          : requested + " requested, reached within two seconds";
    }

    static String text(JsonObject job) {
      return "%s: %s, job %s"
          .formatted(
              Text.harmless(Text.text(job, "fileName")), state(job), Text.text(job, "jobId"));
    }
  }

  @Command(
      name = "pause",
      description = "Pauses a job. Imported rows stay; resume goes on.",
      footer = {"Example:", "  kintell pause march.csv"})
  static final class Pause extends Change {
    @Override
    public Integer call() {
      show(post("pause"), Change::text);
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "cancel",
      description = "Ends a job for good. Imported rows stay; rollback removes them.",
      footer = {"Example:", "  kintell cancel march.csv"})
  static final class Cancel extends Change {
    @Override
    public Integer call() {
      show(post("cancel"), Change::text);
      return ExitCode.DONE;
    }
  }

  /** A change after which a job runs. */
  abstract static class Run extends Change {

    @Mixin SharedOptions.Detach detach;
    @Mixin SharedOptions.Success success;

    @Override
    boolean isLong() {
      return true;
    }

    /**
     * @param again whether the job existed
     */
    final int run(JsonObject job, boolean again) {
      if (detach.detached) {
        if (json()) {
          showStarted(job, again);
        } else {
          output().data(text(job));
        }
        return ExitCode.STILL_GOING;
      }
      return follow(Text.text(job, "jobId"), success.allowRejects, !json());
    }
  }

  @Command(
      name = "resume",
      description = "Starts a job, or goes on with a paused or failed one, and watches it.",
      footer = {"Example:", "  kintell resume march.csv --max-errors 100"})
  static final class Resume extends Run {

    @Mixin SharedOptions.ErrorBudget budget;

    @Override
    public Integer call() {
      return run(post(Endpoints.with("resume", budget.parameters())), true);
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
      Map<String, String> parameters =
          causes.isEmpty() ? Map.of() : Map.of("cause", String.join(",", causes));
      return run(
          service().postOnce(Endpoints.with(Endpoints.job(find(job.named), "retry"), parameters)),
          false);
    }
  }
}
