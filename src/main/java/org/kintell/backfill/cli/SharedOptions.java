package org.kintell.backfill.cli;

import java.util.HashMap;
import java.util.Map;
import org.kintell.backfill.cli.service.Jobs;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Parameters and options that several commands have. */
final class SharedOptions {

  private SharedOptions() {}

  /** A job. */
  static final class Job {
    @Parameters(
        index = "0",
        paramLabel = "JOB",
        description = "Id, its beginning, file name, or @latest.")
    String named;
  }

  /** A job; the latest if none is named. */
  static final class JobOrLatest {
    @Parameters(
        index = "0",
        arity = "0..1",
        defaultValue = Jobs.LATEST,
        paramLabel = "JOB",
        description = "Id, its beginning, file name, or @latest (default).")
    String named;
  }

  /** How a file is to be read, for an import and for a dry run. */
  static final class Reading {
    @Option(
        names = "--charset",
        paramLabel = "NAME",
        order = 1,
        description = "UTF-8 (default), windows-1252 (cp1252), ISO-8859-1 or ISO-8859-15.")
    String charset;

    @Option(
        names = "--timezone",
        paramLabel = "ZONE",
        order = 2,
        description =
            "Of dates without an offset, such as Europe/Kyiv; without it they are rejected.")
    String timezone;

    @Option(
        names = "--on-duplicate",
        paramLabel = "WHAT",
        order = 3,
        description = "For sessions that exist: reject (default), skip or update.")
    String onDuplicate;

    /** As the service's parameters. */
    Map<String, String> parameters() {
      Map<String, String> parameters = new HashMap<>();
      parameters.put("charset", "cp1252".equalsIgnoreCase(charset) ? "windows-1252" : charset);
      parameters.put("timezone", timezone);
      parameters.put("onDuplicate", onDuplicate);
      return parameters;
    }
  }

  /** How many rejects make a job pause. */
  static final class ErrorBudget {
    @Option(
        names = "--max-errors",
        paramLabel = "N",
        order = 4,
        description = "Pause when more rows are rejected.")
    String maxErrors;

    @Option(
        names = "--max-error-rate",
        paramLabel = "0.05",
        order = 5,
        description = "Pause when a larger share of the rows is rejected.")
    String maxErrorRate;

    /** As the service's parameters. */
    Map<String, String> parameters() {
      Map<String, String> parameters = new HashMap<>();
      parameters.put("maxErrors", maxErrors);
      parameters.put("maxErrorRate", maxErrorRate);
      return parameters;
    }
  }

  /** Whether a job is followed that the command has started. */
  static final class Detach {
    @Option(names = "--detach", order = 8, description = "Do not watch; print the job and exit 8.")
    boolean detached;
  }

  /** What counts as a success. */
  static final class Success {
    @Option(
        names = "--allow-rejects",
        order = 9,
        description = "Rejected rows do not count: exit 0 instead of 3.")
    boolean allowRejects;
  }
}
