package org.kintell.backfill.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.kintell.backfill.cli.job.InputFiles;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Imports files. */
@Command(
    name = "import",
    description = {
      "Uploads files, starts a job for each, and watches it to its end.",
      "",
      "Ctrl-C ends the watching, not the job. The same command again goes on with the same job."
    },
    footer = {
      "Examples:",
      "  kintell import march.csv --errors-to rejects.csv",
      "  kintell import exports/ --parallel 3          all files of a folder",
      "  zcat march.csv.gz | kintell import -          from a pipe",
      "  kintell import rejects.csv --parent march.csv corrected rejects of an import",
      "  kintell import march.csv --detach             prints the job's id; exits 8"
    })
final class ImportCommand extends Session {

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "A .csv, .gz or .zip, a folder of them, or - for standard input.")
  List<String> files;

  @Mixin FileOptions options;

  @Option(
      names = "--max-errors",
      paramLabel = "N",
      order = 3,
      description = "Pause when more rows are rejected.")
  Long maxErrors;

  @Option(
      names = "--max-error-rate",
      paramLabel = "0.05",
      order = 4,
      description = "Pause when a larger share of the rows is rejected.")
  String maxErrorRate;

  @Option(
      names = "--parent",
      paramLabel = "JOB",
      order = 5,
      description = "The job whose corrected rejects the file holds.")
  String parent;

  @Option(
      names = "--check",
      order = 6,
      description = "Check each file first; import it only if no row would be rejected.")
  boolean check;

  @Option(
      names = "--detach",
      order = 7,
      description = "Do not watch; print the job's id and exit 8.")
  boolean detach;

  @Option(
      names = "--allow-rejects",
      order = 8,
      description = "Rejected rows do not count: exit 0 instead of 3.")
  boolean allowRejects;

  @Option(
      names = "--errors-to",
      paramLabel = "FILE",
      order = 9,
      description = "Write rejected rows to this file.")
  Path errorsTo;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      order = 10,
      defaultValue = "1",
      description = "How many files at once (default 1).")
  int parallel;

  @Override
  boolean isLong() {
    return true;
  }

  @Override
  public Integer call() {
    List<String> inputs = InputFiles.of(files);
    if (errorsTo != null && inputs.size() > 1) {
      throw new Failure(
          ExitCode.WRONG_USAGE, "--errors-to takes the rejects of one file, not of several");
    }
    if (parallel < 1) {
      throw new Failure(ExitCode.WRONG_USAGE, "--parallel must be 1 or more");
    }
    kintell.interruption.advise("Nothing was imported yet. The same command begins again.");
    return new Imports(this, parameters()).all(inputs);
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = options.parameters();
    if (maxErrors != null) {
      parameters.put("maxErrors", maxErrors.toString());
    }
    if (maxErrorRate != null) {
      parameters.put("maxErrorRate", maxErrorRate);
    }
    if (parent != null) {
      parameters.put("parentJobId", find(parent));
    }
    return parameters;
  }
}
