package org.kintell.backfill.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.kintell.backfill.cli.job.RejectValues;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import org.kintell.backfill.cli.service.LocalFile;
import org.kintell.backfill.cli.service.Service;
import org.kintell.backfill.cli.terminal.Output;
import org.kintell.backfill.cli.terminal.Text;
import org.kintell.backfill.folder.FileModes;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = "@latest",
      paramLabel = "JOB",
      description = "Id, its beginning, file name, or @latest (default).")
  String job;

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
    String jobId = find(job);
    String query = spreadsheetSafe ? "?spreadsheet=safe" : "";
    if (rows || LocalFile.STANDARD_INPUT.equals(file)) {
      service().download(path(jobId, "errors") + query, output().bytes());
    } else if (file != null) {
      save(service(), jobId, query, Path.of(file));
      output().notice("Rejected rows: " + file);
      output()
          .notice(
              "Corrected, they are imported with: kintell import %s --parent %s"
                  .formatted(file, Text.shortId(jobId)));
    } else {
      summarize(jobId);
    }
    return ExitCode.DONE;
  }

  private void summarize(String jobId) {
    RejectValues values = new RejectValues(cause);
    service().download(path(jobId, "errors"), values);
    if (json()) {
      output().json(json(jobId, values));
      return;
    }
    for (RejectValues.Cause found : values.causes()) {
      output().data("%s: %s".formatted(found.name(), Text.count(found.rows(), "row")));
      List<Map.Entry<String, Long>> messages = found.messages();
      messages.stream()
          .limit(cause == null ? MOST_VALUES : Long.MAX_VALUE)
          .forEach(
              message ->
                  output()
                      .data(
                          "  %s  %s"
                              .formatted(
                                  Text.count(message.getValue()),
                                  Text.harmless(message.getKey()))));
      if (cause == null && messages.size() > MOST_VALUES) {
        output()
            .data(
                "  ... %s more: --cause %s"
                    .formatted(Text.count(messages.size() - MOST_VALUES), found.name()));
      }
    }
    output()
        .notice(
            "To correct and import them again: kintell errors %s -o rejects.csv"
                .formatted(Text.shortId(jobId)));
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

  /** Writes the rejected rows of a job to a file for this user only. */
  static void save(Service service, String jobId, String query, Path file) {
    try (OutputStream target = target(file.toString(), null)) {
      service.download(path(jobId, "errors") + query, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file that is written anew, or for {@code -} the standard output. */
  static OutputStream target(String file, Output output) {
    if (LocalFile.STANDARD_INPUT.equals(file)) {
      return output.bytes();
    }
    try {
      return Channels.newOutputStream(
          FileModes.open(
              Path.of(file),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE,
              StandardOpenOption.TRUNCATE_EXISTING));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.WRONG_USAGE,
          "%s cannot be written (%s)".formatted(file, e.getClass().getSimpleName()));
    }
  }
}
