package org.kintell.backfill.cli;

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
      description = "A .csv, .csv.gz, .zip or .xlsx, a folder of them, or - for standard input.")
  List<String> files;

  @Mixin SharedOptions.Reading reading;
  @Mixin SharedOptions.ErrorBudget budget;
  @Mixin SharedOptions.Detach detach;
  @Mixin SharedOptions.Success success;

  @Option(
      names = "--parent",
      paramLabel = "JOB",
      order = 6,
      description = "The job whose corrected rejects the file holds.")
  String parent;

  @Option(
      names = "--check",
      order = 7,
      description = "Check each file first; import it only if no row would be rejected.")
  boolean check;

  @Option(
      names = "--errors-to",
      paramLabel = "FILE",
      order = 10,
      description = "Write rejected rows to this file; - for standard output.")
  String errorsTo;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      order = 11,
      defaultValue = "1",
      description = "How many files at once (default 1).")
  int parallel;

  @Override
  boolean isLong() {
    return true;
  }

  @Override
  public Integer call() {
    List<String> inputs = InputFiles.of(files, output()::notice);
    if (errorsTo != null && inputs.size() > 1) {
      throw new Failure(
          ExitCode.WRONG_USAGE, "--errors-to takes the rejects of one file, not of several");
    }
    if (isOutput(errorsTo) && json()) {
      throw new Failure(
          ExitCode.WRONG_USAGE, "--errors-to - and --json both write to standard output");
    }
    requireWritable(errorsTo);
    if (parallel < 1) {
      throw new Failure(ExitCode.WRONG_USAGE, "--parallel must be 1 or more");
    }
    kintell.interruption.advise("Nothing was imported yet. The same command begins again.");
    return new Imports(this, parameters()).all(inputs);
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = reading.parameters();
    parameters.putAll(budget.parameters());
    parameters.put("parentJobId", parent == null ? null : find(parent));
    return parameters;
  }
}
