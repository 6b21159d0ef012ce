package org.kintell.backfill.cli;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.config.Version;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Parameters;

/** What a shell and man need to know about the commands, made of the commands themselves. */
final class ShellCommands {

  private ShellCommands() {}

  enum Shell {
    bash,
    zsh,
    fish
  }

  @Command(
      name = "completion",
      description = "Prints the completion script for a shell.",
      footer = {
        "Examples:",
        "  source <(kintell completion bash)      in ~/.bashrc; for zsh in ~/.zshrc",
        "  kintell completion fish > ~/.config/fish/completions/kintell.fish"
      })
  static final class Completion extends Session {
    @Parameters(index = "0", paramLabel = "SHELL", description = "bash, zsh or fish.")
    Shell shell;

    @Override
    public Integer call() {
      CommandLine all = Commands.all(new Kintell(Map.of()));
      output()
          .data(
              shell == Shell.fish ? fish(all) : AutoComplete.bash("kintell", all).stripTrailing());
      return ExitCode.DONE;
    }
  }

  /** Picocli writes none for fish. */
  static String fish(CommandLine all) {
    List<String> lines = new ArrayList<>();
    all.getSubcommands()
        .forEach(
            (name, command) -> {
              lines.add(
                  "complete -c kintell -n __fish_use_subcommand -f -a %s -d %s"
                      .formatted(name, quoted(summary(command.getCommandSpec()))));
              for (OptionSpec option : command.getCommandSpec().options()) {
                lines.add(
                    "complete -c kintell -n '__fish_seen_subcommand_from %s'%s -d %s%s"
                        .formatted(
                            name,
                            fish(option.names()),
                            quoted(String.join(" ", option.description())),
                            option.arity().max() > 0 ? " -r" : ""));
              }
              for (PositionalParamSpec parameter :
                  command.getCommandSpec().positionalParameters()) {
                if (parameter.completionCandidates() != null) {
                  lines.add(
                      "complete -c kintell -n '__fish_seen_subcommand_from %s' -f -a %s"
                          .formatted(
                              name, quoted(String.join(" ", parameter.completionCandidates()))));
                }
              }
            });
    return String.join("\n", lines);
  }

  /** The names of an option: {@code -o} is a short one, {@code --quiet} a long one. */
  private static String fish(String... names) {
    return Arrays.stream(names)
        .map(
            name -> name.startsWith("--") ? " -l " + name.substring(2) : " -s " + name.substring(1))
        .collect(Collectors.joining());
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private static String summary(CommandSpec spec) {
    String[] description = spec.usageMessage().description();
    return description.length == 0 ? spec.name() : description[0];
  }

  @Command(
      name = "man",
      description = "Prints the manual page.",
      footer = {"Example:", "  kintell man | man -l -"})
  static final class Man extends Session {
    @Override
    public Integer call() {
      output().data(new ManPage(Commands.all(new Kintell(Map.of()))).text());
      return ExitCode.DONE;
    }
  }

  @Command(name = "version", description = "Shows the version and the commit of this command line.")
  static final class VersionOfThis extends Session {

    @Override
    public Integer call() {
      Version version = Version.read();
      JsonObject document = new JsonObject();
      document.addProperty("version", version.number());
      document.addProperty("commit", version.commit());
      show(document, shown -> "kintell " + version);
      compareVersions();
      return ExitCode.DONE;
    }
  }
}
