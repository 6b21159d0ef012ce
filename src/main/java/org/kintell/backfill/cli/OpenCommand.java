package org.kintell.backfill.cli;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Failure;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Opens a job in the browser. */
@Command(
    name = "open",
    description = "Opens a job in the console of the service, in a browser; prints the address.")
final class OpenCommand extends Session {

  @Mixin SharedOptions.JobOrLatest job;

  @Override
  public Integer call() {
    String jobId = find(job.named);
    String address = service().address() + "/#/job/" + jobId;
    JsonObject document = new JsonObject();
    document.addProperty("jobId", jobId);
    document.addProperty("address", address);
    show(document, shown -> address);
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
