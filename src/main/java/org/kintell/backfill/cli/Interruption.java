package org.kintell.backfill.cli;

import java.nio.file.Path;
import java.util.List;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.terminal.Output;

/** What happens on Ctrl-C and SIGTERM: the command ends and says how to go on; no job ends. */
final class Interruption extends Thread {

  private final Output output;
  private volatile List<String> advice = List.of();
  private volatile Path incomplete;
  private volatile boolean over;

  Interruption(Output output) {
    super("interruption");
    this.output = output;
  }

  /** Sets what is written when the command is interrupted. */
  void advise(String... lines) {
    advice = List.of(lines);
  }

  /** Adds a file that is removed when the command is interrupted. */
  void remove(Path file) {
    incomplete = file;
  }

  /** The command has ended by itself. */
  void over() {
    over = true;
  }

  @Override
  public void run() {
    if (over) {
      return;
    }
    if (incomplete != null) {
      incomplete.toFile().delete();
    }
    output.interrupted(advice);
    // Not the code of the signal: for a script both are the same.
    Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
  }
}
