package org.kintell.backfill.cli;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kintell.backfill.cli.service.Endpoints;
import org.kintell.backfill.cli.service.ExitCode;
import org.kintell.backfill.cli.service.Jobs;
import org.kintell.backfill.cli.terminal.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists jobs. */
@Command(
    name = "list",
    description = "Lists jobs, the newest first.",
    footer = {
      "Examples:",
      "  kintell list --status failed,paused     jobs that wait for somebody",
      "  kintell list --name march --limit 5"
    })
final class ListCommand extends Session {

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      split = ",",
      order = 1,
      description =
          "pending, running, paused, completed, failed, cancelled, rolling_back, rolled_back.")
  List<String> statuses = List.of();

  @Option(names = "--name", paramLabel = "TEXT", order = 2, description = "Part of the file name.")
  String name;

  @Option(
      names = "--limit",
      paramLabel = "N",
      order = 3,
      defaultValue = "20",
      description = "How many, 1 to 500 (default 20).")
  String limit;

  @Override
  public Integer call() {
    Map<String, String> parameters = new HashMap<>();
    parameters.put("limit", limit);
    parameters.put("status", statuses.isEmpty() ? null : String.join(",", statuses));
    parameters.put("name", name);
    JsonObject page = service().get(Endpoints.with(Endpoints.JOBS, parameters));
    if (!json() && Jobs.page(page).isEmpty()) {
      output().notice("There are no such jobs");
      return ExitCode.DONE;
    }
    show(page, ListCommand::text);
    if (!json() && page.has("next")) {
      output().notice("There are older ones: --limit shows up to 500");
    }
    return ExitCode.DONE;
  }

  private static String text(JsonObject page) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("JOB", "STATUS", "ROWS", "REJECTED", "CREATED", "FILE"));
    for (JsonObject job : Jobs.page(page)) {
      rows.add(
          List.of(
              Text.shortId(Text.text(job, "jobId")),
              Text.text(job, "status"),
              Text.count(Text.number(job, "totalRows")),
              Text.count(Text.number(job, "failedRows")),
              Text.text(job, "createdAt").replaceFirst("\\.\\d+Z$", "Z"),
              Text.harmless(Text.text(job, "fileName"))));
    }
    return String.join("\n", Text.table(rows));
  }
}
