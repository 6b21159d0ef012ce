package org.kintell.backfill.cli.service;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.kintell.backfill.cli.terminal.Text;

/** Follows a job until it stops, whatever happens to the connection or the service meanwhile. */
public final class JobWatch {

  private static final Set<String> STOPPED =
      Set.of("paused", "completed", "failed", "cancelled", "rolled_back");

  /** The service writes a comment every ten seconds. */
  private static final int SILENCE_MILLIS = 30_000;

  private static final Duration BETWEEN_POLLS = Duration.ofSeconds(1);

  private final Service service;

  public JobWatch(Service service) {
    this.service = service;
  }

  /**
   * Follows a job.
   *
   * @param changed takes the job at once, and after each change
   * @return the job when it has stopped
   * @throws Failure if the time is over, or nobody has started the job
   */
  public JsonObject follow(String jobId, Consumer<JsonObject> changed) {
    JsonObject[] last = {status(jobId)};
    while (true) {
      changed.accept(last[0]);
      if (isStopped(last[0])) {
        return last[0];
      }
      requireStarted(last[0]);
      boolean streamed =
          stream(
              jobId,
              job -> {
                last[0] = job;
                changed.accept(job);
              });
      if (!isStopped(last[0])) {
        if (service.patience().isOver()) {
          throw stillGoing(last[0]);
        }
        if (!streamed) {
          Patience.pause(BETWEEN_POLLS);
        }
        last[0] = status(jobId);
      }
    }
  }

  /** The job as it is. A service that is away is waited for as long as there is time. */
  private JsonObject status(String jobId) {
    try {
      return service.get(Endpoints.job(jobId, "status"));
    } catch (Failure e) {
      if (e.exitCode() == ExitCode.NOT_REACHED && service.patience().wasReached()) {
        throw new Failure(
            ExitCode.STILL_GOING,
            "The time is over, and the service does not answer. The job goes on when it does: kintell watch "
                + Text.shortId(jobId));
      }
      throw e;
    }
  }

  private static Failure stillGoing(JsonObject job) {
    String id = Text.shortId(Text.text(job, "jobId"));
    return new Failure(
        ExitCode.STILL_GOING,
        "The time is over, and job %1$s is still going. To watch on: kintell watch %1$s"
            .formatted(id));
  }

  public static boolean isStopped(JsonObject job) {
    return STOPPED.contains(Text.text(job, "status"));
  }

  private static void requireStarted(JsonObject job) {
    if (Text.text(job, "status").equals("pending") && !job.has("queued")) {
      throw new Failure(
          ExitCode.REFUSED,
          "Nobody has started this job. To start it: kintell resume "
              + Text.shortId(Text.text(job, "jobId")));
    }
  }

  /** Whether there was a stream; it may have broken off. */
  private boolean stream(String jobId, Consumer<JsonObject> changed) {
    try {
      return service.tryOnce(
          new Request(
              "GET",
              Endpoints.job(jobId, "progress"),
              Map.of("Accept", "text/event-stream"),
              true,
              null,
              SILENCE_MILLIS),
          connection -> read(connection, changed));
    } catch (IOException e) {
      return false;
    }
  }

  private boolean read(HttpURLConnection connection, Consumer<JsonObject> changed)
      throws IOException {
    // Too many watchers, for example: then the job is asked for again and again.
    if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
      return false;
    }
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
      boolean any = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data:")) {
          changed.accept(
              JsonParser.parseString(line.substring("data:".length())).getAsJsonObject());
          any = true;
        }
        if (service.patience().isOver()) {
          return true;
        }
      }
      return any;
    } catch (JsonParseException | IllegalStateException e) {
      return false;
    }
  }
}
