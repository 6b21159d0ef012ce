package org.kintell.backfill.cli.service;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.kintell.backfill.cli.terminal.Output;
import org.kintell.backfill.cli.terminal.Text;

/**
 * Finds the job that somebody means: by its id, the beginning of it, its file, or as the latest.
 */
public final class Jobs {

  public static final String LATEST = "@latest";

  private static final Pattern ID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern BEGINNING = Pattern.compile("[0-9a-fA-F][0-9a-fA-F-]{3,35}");
  private static final String PAGE = "500";

  /** Older jobs need their whole id. */
  private static final int MOST_PAGES = 10;

  private final Service service;
  private final Output output;

  public Jobs(Service service, Output output) {
    this.service = service;
    this.output = output;
  }

  /** The id of the job that the text means. */
  public String find(String meant) {
    if (ID.matcher(meant).matches()) {
      return meant;
    }
    if (meant.equals(LATEST)) {
      List<JsonObject> latest = page(list(Map.of("limit", "1")));
      if (latest.isEmpty()) {
        throw new Failure(ExitCode.REFUSED, "There are no jobs yet");
      }
      return Text.text(latest.get(0), "jobId");
    }
    List<String> beginning = BEGINNING.matcher(meant).matches() ? beginningWith(meant) : List.of();
    if (beginning.size() > 1) {
      throw new Failure(
          ExitCode.REFUSED,
          "Several jobs begin with %s: %s".formatted(meant, String.join(", ", beginning)));
    }
    return beginning.isEmpty() ? ofFile(meant) : beginning.get(0);
  }

  private List<String> beginningWith(String beginning) {
    List<String> found = new ArrayList<>();
    Map<String, String> parameters = new HashMap<>(Map.of("limit", PAGE));
    for (int page = 0; page < MOST_PAGES; page++) {
      JsonObject jobs = list(parameters);
      page(jobs).stream()
          .map(job -> Text.text(job, "jobId"))
          .filter(id -> id.startsWith(beginning.toLowerCase(Locale.ROOT)))
          .forEach(found::add);
      if (!jobs.has("next")) {
        break;
      }
      parameters.put("cursor", Text.text(jobs, "next"));
    }
    return found;
  }

  private String ofFile(String name) {
    List<JsonObject> found =
        page(list(Map.of("limit", PAGE, "name", name))).stream()
            .filter(job -> Text.text(job, "fileName").equals(name))
            .toList();
    if (found.isEmpty()) {
      throw new Failure(
          ExitCode.REFUSED,
          "There is no job %s. JOB is an id or its beginning (4 characters), a file name, or %s; see kintell list"
              .formatted(Text.harmless(name), LATEST));
    }
    String id = Text.text(found.get(0), "jobId");
    if (found.size() > 1) {
      output.notice(
          "%d jobs have the file %s; this is the newest, %s"
              .formatted(found.size(), Text.harmless(name), Text.shortId(id)));
    }
    return id;
  }

  private JsonObject list(Map<String, String> parameters) {
    return service.get(Endpoints.with(Endpoints.JOBS, parameters));
  }

  /** The jobs of a page of the list. */
  public static List<JsonObject> page(JsonObject page) {
    List<JsonObject> jobs = new ArrayList<>();
    if (page.get("jobs") instanceof JsonArray array) {
      for (JsonElement job : array) {
        jobs.add(job.getAsJsonObject());
      }
    }
    return jobs;
  }
}
