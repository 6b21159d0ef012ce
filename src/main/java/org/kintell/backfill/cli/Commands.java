package org.kintell.backfill.cli;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** The table of commands. */
final class Commands {

  /** For the launcher only. */
  private static final String REHEARSE = "rehearse";

  private static final Map<String, Supplier<Object>> TABLE = table();

  private Commands() {}

  private static Map<String, Supplier<Object>> table() {
    Map<String, Supplier<Object>> table = new LinkedHashMap<>();
    table.put("import", ImportCommand::new);
    table.put("check", CheckCommand::new);
    table.put("list", ListCommand::new);
    table.put("status", JobFacts.Status::new);
    table.put("watch", WatchCommands.Watch::new);
    table.put("wait", WatchCommands.Wait::new);
    table.put("errors", ErrorsCommand::new);
    table.put("report", JobFacts.Report::new);
    table.put("verify", JobFacts.Verify::new);
    table.put("pause", JobChanges.Pause::new);
    table.put("resume", JobChanges.Resume::new);
    table.put("cancel", JobChanges.Cancel::new);
    table.put("retry", JobChanges.Retry::new);
    table.put("rollback", RollbackCommand::new);
    table.put("login", KeyCommands.Login::new);
    table.put("logout", KeyCommands.Logout::new);
    table.put("whoami", KeyCommands.Whoami::new);
    table.put("open", OpenCommand::new);
    table.put("completion", ShellCommands.Completion::new);
    table.put("man", ShellCommands.Man::new);
    table.put(REHEARSE, RehearseCommand::new);
    table.put("version", ShellCommands.VersionOfThis::new);
    return table;
  }

  /** The names of all commands but {@code version} and {@code help}, which every program has. */
  static Set<String> names() {
    Set<String> names = new LinkedHashSet<>(TABLE.keySet());
    names.removeAll(List.of("version", REHEARSE));
    return names;
  }

  /** The whole command line. */
  static CommandLine all(Kintell kintell) {
    return line(kintell, name -> !name.equals(REHEARSE));
  }

  /** The commands that these arguments name: each one costs time at the start. */
  static CommandLine line(Kintell kintell, String... arguments) {
    List<String> words = List.of(arguments);
    return words.contains("help") || Collections.disjoint(words, TABLE.keySet())
        ? all(kintell)
        : line(kintell, words::contains);
  }

  private static CommandLine line(Kintell kintell, Predicate<String> wanted) {
    CommandLine line = new CommandLine(kintell);
    TABLE.forEach(
        (name, command) -> {
          if (wanted.test(name)) {
            line.addSubcommand(name, command.get());
          }
        });
    if (wanted.test("help")) {
      line.addSubcommand("help", new HelpCommand());
    }
    // What the commands above would inherit if it were set before.
    line.getCommandSpec()
        .usageMessage()
        .description("Imports session files into a kintell-connector, and looks after its jobs.")
        .footer(
            "JOB is an id or its beginning, a file name, or @latest.",
            "",
            "Examples:",
            "  kintell check march.csv       what an import would do; imports nothing",
            "  kintell import march.csv      uploads, starts and watches",
            "  kintell errors march.csv      what is wrong with the rejected rows",
            "  kintell rollback march.csv    takes the import back",
            "",
            "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 rows rejected, 4 not allowed,",
            "  5 service not reached, 6 refused, 7 paused, 8 still going, 9 inconsistent,",
            "  130 interrupted (the job goes on)");
    return line;
  }
}
