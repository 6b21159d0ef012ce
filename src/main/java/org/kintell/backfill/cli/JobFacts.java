package org.kintell.backfill.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.kintell.backfill.cli.job.Outcome;
import org.kintell.backfill.cli.service.Endpoints;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.terminal.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands that show facts about a job. */
final class JobFacts {

  private JobFacts() {}

  abstract static class Look extends Session {

    @Mixin SharedOptions.JobOrLatest job;

    private final String resource;

    Look(String resource) {
      this.resource = resource;
    }

    @Override
    public final Integer call() {
      JsonObject document = service().get(Endpoints.job(find(job.named), resource));
      show(document, this::text);
      return exitCode(document);
    }

    abstract String text(JsonObject document);

    int exitCode(JsonObject document) {
      return ExitCode.DONE;
    }
  }

  @Command(
      name = "status",
      description = "Shows where a job is. Exits 0 whatever its status; wait exits by its outcome.",
      footer = {"Example:", "  kintell status 7f3a --json | jq .percentComplete"})
  static final class Status extends Look {
    Status() {
      super("status");
    }

    @Override
    String text(JsonObject job) {
      return Text.pairs(pairs(job));
    }
  }

  @Command(
      name = "report",
      description = "Shows everything known about a job: causes, durations, history.",
      footer = {"Example:", "  kintell report march.csv"})
  static final class Report extends Look {
    Report() {
      super("report");
    }

    @Override
    String text(JsonObject report) {
      List<List<String>> pairs = pairs(report);
      pairs.add(List.of("Origin", Text.text(report, "origin")));
      pairs.add(List.of("Size", Text.size(Text.number(report, "sizeBytes"))));
      pairs.add(
          List.of(
              "Checksum",
              Text.text(report, "checksumAlgorithm") + " " + Text.text(report, "checksum")));
      report
          .getAsJsonObject("durations")
          .entrySet()
          .forEach(
              part ->
                  pairs.add(
                      List.of(
                          part.getKey().replace("Seconds", " time"),
                          Text.duration(
                              Duration.ofMillis(
                                  Math.round(part.getValue().getAsDouble() * 1000))))));
      StringBuilder text = new StringBuilder(Text.pairs(pairs));
      Outcome.causes(report)
          .forEach(
              cause ->
                  text.append("\nRejected for ")
                      .append(Outcome.remedied(cause.getKey(), Text.count(cause.getValue()))));
      for (JsonElement line : report.getAsJsonArray("history")) {
        JsonObject entry = line.getAsJsonObject();
        text.append(
            "\n%s  %s %s %s"
                .formatted(
                    Text.text(entry, "at"),
                    Text.harmless(Text.text(entry, "actor")),
                    Text.text(entry, "action"),
                    Text.harmless(Text.text(entry, "detail")))
                .stripTrailing());
      }
      return text.toString();
    }
  }

  @Command(
      name = "verify",
      description = "Checks whether a job adds up. Exits 9 if it does not.",
      footer = {"Example:", "  kintell verify march.csv"})
  static final class Verify extends Look {
    Verify() {
      super("verify");
    }

    private static boolean isConsistent(JsonObject verification) {
      return verification.get("consistent").getAsBoolean();
    }

    @Override
    String text(JsonObject verification) {
      List<String> lines = new ArrayList<>();
      lines.add(isConsistent(verification) ? "consistent" : "INCONSISTENT");
      verification
          .getAsJsonArray("problems")
          .forEach(problem -> lines.add("  " + Text.harmless(problem.getAsString())));
      lines.add(
          "  %s processed: %s imported, %s rejected; %s in the database"
              .formatted(
                  Text.count(Text.number(verification, "processedRows"), "row"),
                  Text.count(Text.number(verification, "successfulRows")),
                  Text.count(Text.number(verification, "failedRows")),
                  Text.count(Text.number(verification, "sessions"), "session")));
      return String.join("\n", lines);
    }

    @Override
    int exitCode(JsonObject verification) {
      return isConsistent(verification) ? ExitCode.DONE : ExitCode.INCONSISTENT;
    }
  }

  /** What status shows of a job. */
  private static List<List<String>> pairs(JsonObject job) {
    List<List<String>> pairs = new ArrayList<>();
    pairs.add(List.of("Job", Text.text(job, "jobId")));
    pairs.add(List.of("File", Text.harmless(Text.text(job, "fileName"))));
    String requested = Text.text(job, "requested");
    pairs.add(
        List.of(
            "Status",
            Text.text(job, "status")
                + (job.has("queued") ? ", queued" : "")
                + (requested.isEmpty() ? "" : ", " + requested + " requested")));
    pairs.add(
        List.of(
            "Rows",
            "%s of %s (%s %%)"
                .formatted(
                    Text.count(Text.number(job, "processedRows")),
                    Text.count(Text.number(job, "totalRows")),
                    Text.text(job, "percentComplete"))));
    pairs.add(List.of("Imported", Text.count(Text.number(job, "successfulRows"))));
    pairs.add(some("Skipped", job, "skippedRows"));
    pairs.add(some("Updated", job, "updatedRows"));
    pairs.add(
        List.of(
            "Rejected",
            Text.count(Text.number(job, "failedRows"))
                + (job.has("openRejects")
                    ? " (%s open)".formatted(Text.count(Text.number(job, "openRejects")))
                    : "")));
    pairs.add(some("Removed", job, "sessionsRemoved"));
    pairs.add(
        List.of(
            "Events",
            "%s published, %s pending"
                .formatted(
                    Text.count(Text.number(job, "eventsPublished")),
                    Text.count(Text.number(job, "eventsPending")))));
    pairs.add(some("Rows/second", job, "rate"));
    pairs.add(List.of("Created", Text.text(job, "createdAt")));
    pairs.add(List.of("Completed", Text.text(job, "completedAt")));
    pairs.add(List.of("Ends about", Text.text(job, "estimatedEnd")));
    pairs.add(List.of("Parent", Text.text(job, "parentJobId")));
    pairs.add(List.of("Waits for", Text.harmless(Text.text(job, "waitingFor"))));
    pairs.add(List.of("Message", Text.harmless(Text.text(job, "message"))));
    return pairs;
  }

  private static List<String> some(String name, JsonObject job, String field) {
    long number = Text.number(job, field);
    return List.of(name, number == 0 ? "" : Text.count(number));
  }
}
