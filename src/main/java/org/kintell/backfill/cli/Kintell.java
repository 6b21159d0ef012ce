package org.kintell.backfill.cli;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import org.kintell.backfill.cli.terminal.Output;
import org.kintell.backfill.config.Version;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line of the kintell-connector. */
@Command(
    name = "kintell",
    scope = ScopeType.INHERIT,
    mixinStandardHelpOptions = true,
    versionProvider = Kintell.Build.class,
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    abbreviateSynopsis = true,
    descriptionHeading = "%n",
    parameterListHeading = "%n",
    optionListHeading = "%nOptions:%n",
    commandListHeading = "%nCommands:%n",
    footerHeading = "%n")
public final class Kintell {

  @Option(
      names = "--server",
      paramLabel = "URL",
      order = 100,
      scope = ScopeType.INHERIT,
      description = {
        "The service. Otherwise KINTELL_SERVER, that of the last login,",
        "http://localhost:3002."
      })
  String server;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      order = 101,
      scope = ScopeType.INHERIT,
      converter = Durations.class,
      description =
          "How long to try and wait: 30s, 10m, 2h. Otherwise 10s, and without end for a job.")
  Duration timeout;

  @Option(
      names = "--json",
      order = 102,
      scope = ScopeType.INHERIT,
      description =
          "JSON instead of text: one document, or a document a line while a job is followed.")
  boolean json;

  @Option(
      names = {"-q", "--quiet"},
      order = 103,
      scope = ScopeType.INHERIT,
      description = "No progress and no notices; results and errors only.")
  boolean quiet;

  @Option(
      names = "--no-color",
      order = 104,
      scope = ScopeType.INHERIT,
      description = "No colours in help; also with NO_COLOR.")
  void withoutColor(boolean without) {
    if (without) {
      spec.commandLine().setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF));
    }
  }

  @Option(
      names = "--no-input",
      order = 105,
      scope = ScopeType.INHERIT,
      description = "Never ask; fail instead.")
  boolean noInput;

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      order = 106,
      scope = ScopeType.INHERIT,
      description = "Certificates to trust, in PEM.")
  Path caFile;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      order = 107,
      scope = ScopeType.INHERIT,
      description = "Has the API key. Otherwise KINTELL_KEY_FILE, KINTELL_KEY, kintell login.")
  Path keyFile;

  @Spec CommandSpec spec;

  final Map<String, String> environment;
  final Output output = new Output();
  final Interruption interruption = new Interruption(output);

  Kintell(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs a command and ends the process. */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  /** The names of the commands that use a service; {@code version} does not. */
  public static Set<String> commands() {
    return Commands.names();
  }

  /**
   * Runs a command.
   *
   * @return the exit code
   */
  public static int run(String... arguments) {
    // A request that was sent once is not sent twice behind our back.
    System.setProperty("sun.net.http.retryPost", "false");
    Kintell kintell = new Kintell(System.getenv());
    Runtime.getRuntime().addShutdownHook(kintell.interruption);
    int exitCode = kintell.execute(arguments);
    kintell.interruption.over();
    return exitCode;
  }

  int execute(String... arguments) {
    return Commands.line(this, arguments)
        .setOut(new PrintWriter(output.bytes(), true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpWidth(100)
        .setParameterExceptionHandler(this::wrongUsage)
        .setExecutionExceptionHandler((thrown, line, parsed) -> failed(thrown))
        .execute(arguments);
  }

  /** The standard input. */
  InputStream input() {
    return new FileInputStream(FileDescriptor.in);
  }

  /** The next line of the standard input; empty at its end. */
  String readLine() {
    try {
      String line =
          new BufferedReader(new InputStreamReader(input(), StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      throw new Failure(ExitCode.WRONG_USAGE, "Standard input cannot be read: " + e.getMessage());
    }
  }

  private int wrongUsage(ParameterException wrong, String... arguments) {
    CommandLine line = wrong.getCommandLine();
    List<String> unmatched = line.getUnmatchedArguments();
    ParameterException cause =
        unmatched.isEmpty() ? wrong : new UnmatchedArgumentException(line, unmatched);
    if (json || List.of(arguments).contains("--json")) {
      json = true;
      return failed(new Failure(ExitCode.WRONG_USAGE, cause.getMessage()));
    }
    output.error(cause.getMessage());
    if (!UnmatchedArgumentException.printSuggestions(cause, line.getErr())) {
      output.error("See " + line.getCommandSpec().qualifiedName() + " --help");
    }
    return ExitCode.WRONG_USAGE;
  }

  private int failed(Exception thrown) {
    if (thrown instanceof Failure failure) {
      output.error(json ? failure.problem().toString() : failure.getMessage());
      return failure.exitCode();
    }
    if (thrown instanceof UncheckedIOException e) {
      output.error("The output cannot be written: " + e.getCause().getMessage());
    } else {
      output.error("Unexpected, please report: " + thrown);
    }
    return ExitCode.FAILED;
  }

  /** The version, read only when it is needed. */
  static final class Build implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"kintell " + Version.read()};
    }
  }
}
