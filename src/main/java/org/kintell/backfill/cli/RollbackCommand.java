package org.kintell.backfill.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kintell.backfill.cli.job.Following;
import org.kintell.backfill.cli.service.Endpoints;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import org.kintell.backfill.cli.service.JobWatch;
import org.kintell.backfill.cli.terminal.Progress;
import org.kintell.backfill.cli.terminal.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes the sessions of an import. */
@Command(
    name = "rollback",
    description =
        "Removes the sessions that a job created. Shows first what that would be, and asks for the file name.",
    footer = {
      "Examples:",
      "  kintell rollback march.csv --dry-run",
      "  kintell rollback 7f3a --confirm=march.csv    for scripts"
    })
final class RollbackCommand extends Session {

  @Mixin SharedOptions.Job job;

  @Option(names = "--dry-run", order = 1, description = "Only show what would be removed.")
  boolean dryRun;

  @Option(
      names = "--confirm",
      paramLabel = "FILENAME",
      order = 2,
      description = "The job's file name, instead of being asked for it.")
  String confirm;

  @Override
  boolean isLong() {
    return true;
  }

  @Override
  public Integer call() {
    String jobId = find(job.named);
    String fileName = Text.text(service().get(Endpoints.job(jobId, "status")), "fileName");
    JsonObject preview =
        service().post(Endpoints.with(Endpoints.job(jobId, "rollback"), Map.of("dryRun", "true")));
    if (dryRun) {
      show(preview, report -> text(fileName, report));
      return ExitCode.DONE;
    }
    if (confirm == null) {
      output().error(text(fileName, preview));
    }
    requireConfirmation(fileName);
    service().post(Endpoints.job(jobId, "rollback"));
    kintell.interruption.advise(
        "The rollback goes on. To see it: kintell rollback %s --dry-run"
            .formatted(Text.shortId(jobId)));
    JsonObject over;
    try (Progress progress = new Progress(terminal(), output(), 1, !json())) {
      over =
          new JobWatch(service()).follow(jobId, state -> progress.show(0, Following.step(state)));
    }
    show(service().get(Endpoints.job(jobId, "rollback")), report -> text(fileName, report));
    if (Text.text(over, "status").equals("rolled_back")) {
      return ExitCode.DONE;
    }
    output().error(Text.harmless(Text.text(over, "message")));
    return ExitCode.FAILED;
  }

  private void requireConfirmation(String fileName) {
    String typed = confirm;
    if (typed == null) {
      if (kintell.noInput || !terminal().input()) {
        throw new Failure(
            ExitCode.WRONG_USAGE, "A rollback needs --confirm=FILENAME where nobody can be asked");
      }
      output().prompt("To remove them, type the file name: ");
      typed = kintell.readLine();
    }
    if (!fileName.equals(typed)) {
      throw new Failure(
          ExitCode.REFUSED,
          "Nothing was removed: the job's file is %s, not '%s'"
              .formatted(Text.harmless(fileName), Text.harmless(typed)));
    }
  }

  private static String text(String fileName, JsonObject report) {
    boolean preview = report.get("dryRun").getAsBoolean();
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s %s removed, job %s"
            .formatted(
                Text.harmless(fileName),
                Text.count(Text.number(report, "removed"), "session"),
                preview ? "would be" : Text.number(report, "removed") == 1 ? "was" : "were",
                Text.text(report, "jobId")));
    for (JsonElement reason : report.getAsJsonArray("reasons")) {
      lines.add(
          "  %s stay. %s"
              .formatted(
                  Text.count(Text.number(reason.getAsJsonObject(), "count")),
                  Text.text(reason.getAsJsonObject(), "explanation")));
    }
    if (Text.number(report, "updatedByOtherJobs") > 0) {
      lines.add(
          "  %s of them were updated by another job since"
              .formatted(Text.count(Text.number(report, "updatedByOtherJobs"))));
    }
    for (JsonElement child : report.getAsJsonArray("children")) {
      lines.add(
          "  Its rejects became job %s, with %s: kintell rollback %s"
              .formatted(
                  Text.text(child.getAsJsonObject(), "jobId"),
                  Text.count(Text.number(child.getAsJsonObject(), "sessions"), "session"),
                  Text.shortId(Text.text(child.getAsJsonObject(), "jobId"))));
    }
    return String.join("\n", lines);
  }
}
