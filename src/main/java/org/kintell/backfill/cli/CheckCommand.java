package org.kintell.backfill.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.kintell.backfill.cli.job.InputFiles;
import org.kintell.backfill.cli.job.Outcome;
import org.kintell.backfill.cli.job.UploadSteps;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.LocalFile;
import org.kintell.backfill.cli.service.Uploads;
import org.kintell.backfill.cli.terminal.Progress;
import org.kintell.backfill.cli.terminal.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A dry run. */
@Command(
    name = "check",
    description =
        "Says what an import would do, and imports nothing. Exits 3 if rows would be rejected.",
    footer = {"Example:", "  kintell check march.csv --missing-users-to users.csv"})
final class CheckCommand extends Session {

  private static final int MOST_ADDRESSES = 10;
  private static final int MOST_ROWS = 3;

  @Parameters(
      index = "0",
      paramLabel = "FILE",
      description = "A .csv, .csv.gz, .zip or .xlsx, or - for standard input.")
  String file;

  @Mixin SharedOptions.Reading reading;

  @Option(
      names = "--missing-users-to",
      paramLabel = "FILE",
      order = 4,
      description =
          "Write all addresses without a user to this file, as CSV; - for standard output.")
  String missingUsersTo;

  @Override
  boolean isLong() {
    return true;
  }

  @Override
  public Integer call() {
    requireWritable(missingUsersTo);
    kintell.interruption.advise("A check imports nothing; there is nothing to undo.");
    Uploads uploads = new Uploads(service(), kintell.environment, output());
    JsonObject report;
    try (Progress progress = new Progress(terminal(), output(), 1, !json());
        LocalFile content = LocalFile.open(InputFiles.one(file), kintell.input())) {
      UploadSteps steps = new UploadSteps(content, progress, 0);
      report = uploads.check(content, reading.parameters(), steps::sent);
      if (missingUsersTo != null) {
        writeMissingUsers(uploads, content);
      }
    }
    if (!isOutput(missingUsersTo)) {
      show(report, CheckCommand::text);
    }
    return Text.number(report, "failedRows") > 0 ? ExitCode.REJECTS : ExitCode.DONE;
  }

  private void writeMissingUsers(Uploads uploads, LocalFile content) {
    write(missingUsersTo, target -> uploads.missingUsers(content, reading.parameters(), target));
    if (!isOutput(missingUsersTo)) {
      output().notice("Missing users: " + missingUsersTo);
    }
  }

  /** The report of a dry run, for people. */
  static String text(JsonObject report) {
    long rejected = Text.number(report, "failedRows");
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s, %s would be imported, %s rejected"
            .formatted(
                Text.harmless(Text.text(report, "fileName")),
                Text.count(Text.number(report, "totalRows"), "row"),
                Text.count(Text.number(report, "successfulRows")),
                Text.count(rejected)));
    for (JsonElement element : report.getAsJsonArray("faults")) {
      JsonObject fault = element.getAsJsonObject();
      lines.add(
          "  "
              + Outcome.remedied(
                  Text.text(fault, "cause"), Text.count(Text.number(fault, "rows"))));
      int shown = 0;
      for (JsonElement row : fault.getAsJsonArray("first")) {
        if (shown++ == MOST_ROWS) {
          lines.add("    ...");
          break;
        }
        JsonObject first = row.getAsJsonObject();
        lines.add(
            "    row %s: %s"
                .formatted(
                    Text.count(Text.number(first, "row")),
                    Text.harmless(Text.text(first, "message"))));
      }
    }
    long missing = Text.number(report, "emailsNotFoundTotal");
    if (missing > 0) {
      lines.add("Missing users: " + Text.count(missing));
      report.getAsJsonArray("emailsNotFound").asList().stream()
          .limit(MOST_ADDRESSES)
          .map(JsonElement::getAsJsonObject)
          .map(
              user ->
                  "  %s (%s)"
                      .formatted(
                          Text.harmless(Text.text(user, "email")),
                          String.join(
                              ", ",
                              user.getAsJsonArray("roles").asList().stream()
                                  .map(JsonElement::getAsString)
                                  .toList())))
          .forEach(lines::add);
      if (missing > MOST_ADDRESSES) {
        lines.add("  ... all of them: --missing-users-to users.csv");
      }
    }
    return String.join("\n", lines);
  }
}
