package org.kintell.backfill.cli;

import java.io.IOException;
import java.util.List;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Opens a job in the browser. */
@Command(
    name = "open",
    description = "Opens a job in the console of the service, in a browser; prints the address.")
final class OpenCommand extends Session {

  @Parameters(
      index = "0",
      arity = "0..1",
      defaultValue = "@latest",
      paramLabel = "JOB",
      description = "Id, its beginning, file name, or @latest (default).")
  String job;

  @Override
  public Integer call() {
    String address = service().address() + "/console/#/jobs/" + find(job);
    output().data(address);
    if (terminal().output()) {
      open(address);
    }
    return ExitCode.DONE;
  }

  private static void open(String address) {
    for (String program : List.of("xdg-open", "open")) {
      try {
        new ProcessBuilder(program, address)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
        return;
      } catch (IOException e) {
        // Not this system's; there may be the other one.
      }
    }
    throw new Failure(ExitCode.FAILED, "No browser is found; open the address yourself");
  }
}
