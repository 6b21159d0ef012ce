package org.kintell.backfill.command;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.kintell.backfill.cli.Kintell;
import org.kintell.backfill.config.Version;
import org.kintell.backfill.http.security.NewKey;

/** The table of commands. Without a command, the jar starts the service. */
public final class Commands {

  private static final int DONE = 0;
  private static final int WRONG_USAGE = 2;
  private static final String JAR = "java -jar kintell-connector.jar";

  private static final List<Command> TABLE =
      List.of(
          new Command(
              NewKey.COMMAND, "<name> <role>", "makes an API key and its entry", NewKey::run),
          new Command(
              SupportCommand.NAME,
              "[<file>]",
              "collects what an engineer needs, without personal data",
              SupportCommand::run),
          new Command("version", "", "prints the version and the commit", Commands::version),
          new Command("help", "", "prints this", Commands::help));

  /** Other ways to write a command. */
  private static final List<List<String>> SAME =
      List.of(List.of("--help", "-h", "-?", "help"), List.of("--version", "-V", "version"));

  /** Spring Boot's own options without a value. */
  private static final Set<String> SPRING = Set.of("--debug", "--trace");

  private Commands() {}

  /**
   * Runs a command.
   *
   * @param arguments the command line
   * @return the exit code; empty to start the service
   */
  public static OptionalInt run(String... arguments) {
    if (Arrays.stream(arguments).allMatch(Commands::isSpringOption)) {
      return OptionalInt.empty();
    }
    if (Kintell.commands().contains(arguments[0])) {
      return OptionalInt.of(Kintell.run(arguments));
    }
    String word = canonical(arguments[0]);
    Optional<Command> command =
        TABLE.stream().filter(entry -> entry.name().equals(word)).findFirst();
    if (command.isEmpty() || (command.get().arguments().isEmpty() && arguments.length > 1)) {
      return OptionalInt.of(unknown(arguments));
    }
    return OptionalInt.of(command.get().action().applyAsInt(arguments));
  }

  /** {@code --name=value}, or a property's name, which has a dot, without a value. */
  private static boolean isSpringOption(String argument) {
    return SPRING.contains(argument)
        || (argument.startsWith("--") && (argument.contains("=") || argument.contains(".")));
  }

  private static String canonical(String word) {
    return SAME.stream()
        .filter(same -> same.contains(word))
        .map(same -> same.get(same.size() - 1))
        .findFirst()
        .orElse(word);
  }

  private static int unknown(String... arguments) {
    String word =
        Arrays.stream(arguments)
            .filter(argument -> !isSpringOption(argument))
            .findFirst()
            .orElse(arguments[0]);
    String hint =
        word.startsWith("-D") ? ". Java's own options stand before -jar" : ". Nothing was started";
    StandardStream.error(
        "Unknown argument '%s': expected one of %s, or --name=value%s. See %s --help"
            .formatted(
                word,
                TABLE.stream().map(Command::name).collect(Collectors.joining(", ")),
                hint,
                JAR));
    return WRONG_USAGE;
  }

  private static int version(String... arguments) {
    StandardStream.out("kintell-connector " + Version.read());
    return DONE;
  }

  private static int help(String... arguments) {
    String commands =
        TABLE.stream()
            .map(entry -> "  %-24s %s".formatted(entry.usage(), entry.summary()))
            .collect(Collectors.joining("\n"));
    StandardStream.out(
        """
        Usage: %s [command]

        Without a command the service starts. It takes its settings from environment
        variables (docs/operations.md, Configuration) and from --name=value, such as
        --server.port=3003.

        Commands:
        %s

        Commands for a service that runs, as in kintell --help:
          %s

        Exit codes: 0 done, 1 failed, 2 wrong usage, 4 not allowed, 5 service not reached"""
            .formatted(JAR, commands, String.join(" ", Kintell.commands())));
    return DONE;
  }
}
