package org.kintell.backfill.cli.job;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.terminal.Text;
import org.kintell.backfill.row.Rule;

/**
 * The outcome of a stopped job: exit code, summary, and the next command.
 *
 * @param job with its {@code causes} if it has rejects
 * @param allowRejects whether rejected rows are no failure
 */
public record Outcome(JsonObject job, boolean allowRejects) {

  private static final Set<String> MISSING_USERS =
      Set.of("participant-not-found", "volunteer-not-found");

  public int exitCode() {
    return switch (Text.text(job, "status")) {
      case "completed" -> rejected() > 0 && !allowRejects ? ExitCode.REJECTS : ExitCode.DONE;
      case "paused" -> ExitCode.PAUSED;
      default -> ExitCode.FAILED;
    };
  }

  public long rejected() {
    return Text.number(job, "failedRows");
  }

  /** Whether the job cannot be resumed. */
  public boolean isOver() {
    return !Set.of("paused", "failed").contains(Text.text(job, "status"));
  }

  /** For programs. */
  public JsonObject json() {
    JsonObject summary = new JsonObject();
    summary.addProperty("type", "summary");
    summary.addProperty("exitCode", exitCode());
    job.entrySet().forEach(field -> summary.add(field.getKey(), field.getValue()));
    String next = next();
    if (!next.isEmpty()) {
      summary.addProperty("next", next);
    }
    return summary;
  }

  /** For people. */
  public String text() {
    List<String> lines = new ArrayList<>();
    String status = Text.text(job, "status").replace('_', ' ');
    lines.add(
        "%s: %s%s, job %s"
            .formatted(
                Text.harmless(Text.text(job, "fileName")),
                status,
                rejected() > 0 ? ", " + Text.count(rejected(), "row") + " rejected" : "",
                Text.text(job, "jobId")));
    lines.addAll(counts());
    String message = Text.text(job, "message");
    if (!message.isEmpty()) {
      lines.add("  " + Text.harmless(message));
    }
    String next = next();
    if (!next.isEmpty()) {
      lines.add("Next: " + next);
    }
    return String.join("\n", lines);
  }

  private List<String> counts() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("  rows", Text.count(Text.number(job, "totalRows"))));
    rows.add(List.of("  imported", Text.count(Text.number(job, "successfulRows"))));
    count("  skipped", "skippedRows").ifPresent(rows::add);
    count("  updated", "updatedRows").ifPresent(rows::add);
    if (rejected() > 0) {
      rows.add(List.of("  rejected", Text.count(rejected())));
      causes(job)
          .forEach(
              cause -> rows.add(List.of("    " + cause.getKey(), Text.count(cause.getValue()))));
    }
    return Text.table(rows);
  }

  private Optional<List<String>> count(String name, String field) {
    long number = Text.number(job, field);
    return number == 0 ? Optional.empty() : Optional.of(List.of(name, Text.count(number)));
  }

  /** The causes of rejects, the most frequent first. */
  public static List<Map.Entry<String, Long>> causes(JsonObject report) {
    JsonElement causes = report.get("causes");
    return causes == null || !causes.isJsonObject()
        ? List.of()
        : causes.getAsJsonObject().entrySet().stream()
            .map(cause -> Map.entry(cause.getKey(), cause.getValue().getAsLong()))
            .sorted(
                Map.Entry.<String, Long>comparingByValue()
                    .reversed()
                    .thenComparing(Map.Entry.comparingByKey()))
            .toList();
  }

  /** A cause with how often it occurred, and what to do. */
  public static String remedied(String cause, String count) {
    return "%s: %s. %s".formatted(cause, count, Rule.remedy(cause)).stripTrailing();
  }

  /** The command to type next; empty where there is nothing to do. */
  private String next() {
    String id = Text.shortId(Text.text(job, "jobId"));
    return switch (Text.text(job, "status")) {
      case "completed" -> rejected() > 0 ? afterRejects(id) : "";
      case "paused", "failed" -> "kintell resume " + id;
      default -> "";
    };
  }

  private String afterRejects(String id) {
    Set<String> causes = causes(job).stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    return !causes.isEmpty() && MISSING_USERS.containsAll(causes)
        ? "create these users (kintell errors %1$s), then kintell retry %1$s".formatted(id)
        : "kintell errors " + id;
  }
}
