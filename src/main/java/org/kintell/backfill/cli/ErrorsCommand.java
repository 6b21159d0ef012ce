package org.kintell.backfill.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kintell.backfill.cli.job.RejectValues;
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
      "  kintell errors march.csv --rows | head    the rows, on standard output"
    })
final class ErrorsCommand extends Session {

  private static final int MOST_VALUES = 10;

  @Mixin SharedOptions.JobOrLatest job;

  @Option(
      names = "--cause",
      paramLabel = "CAUSE",
      order = 1,
      description = "Only this cause, with all its values.")
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
      description = "Rows in which a spreadsheet sees no formula; not to be imported.")
  boolean spreadsheetSafe;

  @Override
  public Integer call() {
    if (cause != null) {
      requireCauseToShow();
    }
    requireWritable(file);
    String jobId = find(job.named);
    String target = rows ? LocalFile.STANDARD_INPUT : file;
    if (target == null) {
      summarize(jobId);
    } else {
      Map<String, String> form = spreadsheetSafe ? Map.of("spreadsheet", "safe") : Map.of();
      write(
          target,
          out -> service().download(Endpoints.with(Endpoints.job(jobId, "errors"), form), out));
    }
    if (target != null && !isOutput(target)) {
      output().notice("Rejected rows: " + file);
      output()
          .notice(
              "Corrected, they are imported with: kintell import %s --parent %s"
                  .formatted(file, Text.shortId(jobId)));
    }
    return ExitCode.DONE;
  }

  private void requireCauseToShow() {
    if (rows || file != null) {
      throw new Failure(
          ExitCode.WRONG_USAGE, "--cause shows values. --rows and -o write the rows of all causes");
    }
    if (Rule.of(cause).isEmpty()) {
      throw new Failure(
          ExitCode.WRONG_USAGE, "Unknown cause '%s'; see kintell errors".formatted(cause));
    }
  }

  private void summarize(String jobId) {
    RejectValues values = new RejectValues(cause);
    service().download(Endpoints.job(jobId, "errors"), values);
    if (values.causes().isEmpty() && !json()) {
      output().notice("No row was rejected for this cause");
      return;
    }
    show(json(jobId, values), document -> text(values));
    if (!json()) {
      output()
          .notice(
              "To correct and import them again: kintell errors %s -o rejects.csv"
                  .formatted(Text.shortId(jobId)));
    }
  }

  private String text(RejectValues values) {
    List<String> lines = new ArrayList<>();
    for (RejectValues.Cause found : values.causes()) {
      lines.add("%s: %s".formatted(found.name(), Text.count(found.rows(), "row")));
      List<Map.Entry<String, Long>> messages = found.messages();
      messages.stream()
          .limit(cause == null ? MOST_VALUES : Long.MAX_VALUE)
          .map(
              message ->
                  "  %s  %s"
                      .formatted(Text.count(message.getValue()), Text.harmless(message.getKey())))
          .forEach(lines::add);
      if (cause == null && messages.size() > MOST_VALUES) {
        lines.add(
            "  ... %s more: --cause %s"
                .formatted(Text.count(messages.size() - MOST_VALUES), found.name()));
      }
    }
    return String.join("\n", lines);
  }

  private static JsonObject json(String jobId, RejectValues values) {
    JsonObject document = new JsonObject();
    document.addProperty("jobId", jobId);
    JsonArray causes = new JsonArray();
    for (RejectValues.Cause found : values.causes()) {
      JsonObject one = new JsonObject();
      one.addProperty("cause", found.name());
      one.addProperty("rows", found.rows());
      JsonArray messages = new JsonArray();
      found
          .messages()
          .forEach(
              message -> {
                JsonObject entry = new JsonObject();
                entry.addProperty("message", message.getKey());
                entry.addProperty("rows", message.getValue());
                messages.add(entry);
              });
      one.add("messages", messages);
      causes.add(one);
    }
    document.add("causes", causes);
    return document;
  }
}
