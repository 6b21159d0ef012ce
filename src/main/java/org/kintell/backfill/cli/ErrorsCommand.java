package org.kintell.backfill.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kintell.backfill.cli.job.Outcome;
import org.kintell.backfill.cli.service.Endpoints;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import org.kintell.backfill.cli.service.LocalFile;
import org.kintell.backfill.cli.terminal.Text;
import org.kintell.backfill.row.Rule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows and fetches the rejected rows of a job. */
@Command(
    name = "errors",
    description =
        "Shows what is wrong with rejected rows: by cause, then by value; or fetches the rows.",
    footer = {
      "Examples:",
      "  kintell errors march.csv                  causes and values",
      "  kintell errors march.csv -o rejects.csv   the rows, to correct and import again",
      "  kintell errors march.csv --rows | head    the rows, on standard output",
      "  kintell errors march.csv --rows --cause invalid-date"
    })
final class ErrorsCommand extends Session {

  private static final int MOST_VALUES = 10;

  /** The most that the service returns. */
  private static final int ALL_VALUES = 1000;

  @Mixin SharedOptions.JobOrLatest job;

  @Option(
      names = "--cause",
      paramLabel = "CAUSE",
      order = 1,
      description = "Only this cause, with all its values, or only its rows.")
  String cause;

  @Option(
      names = "--rows",
      order = 2,
      description = "Write the rejected rows to standard output, as CSV.")
  boolean rows;

  @Option(
      names = "-o",
      paramLabel = "FILE",
      order = 3,
      description = "Write the rejected rows to this file, as CSV; - for standard output.")
  String file;

  @Option(
      names = "--spreadsheet-safe",
      order = 4,
      description =
          "Rows in which a spreadsheet sees no formula. They can be corrected and imported too.")
  boolean spreadsheetSafe;

  @Override
  public Integer call() {
    if (cause != null && Rule.of(cause).isEmpty()) {
      throw new Failure(
          ExitCode.WRONG_USAGE, "Unknown cause '%s'; see kintell errors".formatted(cause));
    }
    requireWritable(file);
    String jobId = find(job.named);
    String target = rows ? LocalFile.STANDARD_INPUT : file;
    if (target == null) {
      summarize(jobId);
    } else {
      fetch(jobId, target);
    }
    return ExitCode.DONE;
  }

  private void fetch(String jobId, String target) {
    Map<String, String> parameters = new HashMap<>();
    parameters.put("cause", cause);
    parameters.put("spreadsheet", spreadsheetSafe ? "safe" : null);
    String path = Endpoints.with(Endpoints.job(jobId, "errors"), parameters);
    try {
      write(target, out -> service().download(path, out));
    } catch (Failure e) {
      if (!Text.text(e.problem(), "type").endsWith(":no-rejects")) {
        throw e;
      }
      output().notice("No row was rejected; nothing is written");
      return;
    }
    if (!isOutput(target)) {
      output().notice("Rejected rows: " + file);
      output()
          .notice(
              "Corrected, they are imported with: kintell import %s --parent %s"
                  .formatted(file, Text.shortId(jobId)));
    }
  }

  private void summarize(String jobId) {
    List<Map.Entry<String, Long>> causes =
        Outcome.causes(service().get(Endpoints.job(jobId, "report"))).stream()
            .filter(found -> cause == null || found.getKey().equals(cause))
            .toList();
    if (causes.isEmpty() && !json()) {
      output().notice("No row was rejected" + (cause == null ? "" : " for this cause"));
      return;
    }
    show(document(jobId, causes), this::text);
    if (!json()) {
      output()
          .notice(
              "To correct and import them again: kintell errors %s -o rejects.csv"
                  .formatted(Text.shortId(jobId)));
    }
  }

  private JsonObject document(String jobId, List<Map.Entry<String, Long>> causes) {
    JsonArray all = new JsonArray();
    boolean withValues = true;
    for (Map.Entry<String, Long> found : causes) {
      JsonObject one = new JsonObject();
      one.addProperty("cause", found.getKey());
      one.addProperty("rows", found.getValue());
      withValues = withValues && addValues(jobId, one);
      all.add(one);
    }
    JsonObject document = new JsonObject();
    document.addProperty("jobId", jobId);
    document.add("causes", all);
    return document;
  }

  /** Adds the values behind a cause; false if they are not available. */
  private boolean addValues(String jobId, JsonObject one) {
    try {
      JsonObject values =
          service()
              .get(
                  Endpoints.with(
                      Endpoints.job(jobId, "rejects/values"),
                      Map.of(
                          "cause", Text.text(one, "cause"), "limit", Integer.toString(limit()))));
      one.add("total", values.get("total"));
      one.add("exact", values.get("exact"));
      one.add("values", values.get("values"));
      return true;
    } catch (Failure e) {
      // Not allowed, or deleted after the retention period.
      if (cause != null || !Set.of(ExitCode.NOT_ALLOWED, ExitCode.REFUSED).contains(e.exitCode())) {
        throw e;
      }
      output().notice("Without values: " + e.getMessage());
      return false;
    }
  }

  private int limit() {
    return cause == null && !json() ? MOST_VALUES : ALL_VALUES;
  }

  private String text(JsonObject document) {
    List<String> lines = new ArrayList<>();
    for (JsonElement element : document.getAsJsonArray("causes")) {
      JsonObject found = element.getAsJsonObject();
      String name = Text.text(found, "cause");
      lines.add(Outcome.remedied(name, Text.count(Text.number(found, "rows"), "row")));
      if (found.has("values")) {
        found.getAsJsonArray("values").forEach(value -> lines.add(line(value.getAsJsonObject())));
      }
      long more = Text.number(found, "total") - limit();
      if (more > 0) {
        lines.add(
            "  ... %s%s more: --cause %s%s"
                .formatted(
                    found.get("exact").getAsBoolean() ? "" : "at least ",
                    Text.count(more),
                    name,
                    cause == null ? "" : " --rows"));
      }
    }
    return String.join("\n", lines);
  }

  /** Some messages name the column only. */
  private static String line(JsonObject value) {
    String message = Text.text(value, "message");
    String text = Text.text(value, "value");
    boolean named = !message.endsWith(": " + Text.text(value, "column")) || text.isEmpty();
    return "  %s  %s"
        .formatted(
            Text.count(Text.number(value, "rows")),
            Text.harmless(named ? message : message + " " + text));
  }
}
