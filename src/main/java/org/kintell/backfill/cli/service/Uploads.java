package org.kintell.backfill.cli.service;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.kintell.backfill.cli.service.KnownUploads.Known;
import org.kintell.backfill.cli.terminal.Output;
import org.kintell.backfill.cli.terminal.Text;

/** Sends files: to import them, and to check them. */
public final class Uploads {

  /** A large file takes long on a slow line, and a dry run answers at its end. */
  private static final int LONGEST_MILLIS = (int) Duration.ofHours(12).toMillis();

  private static final int UNKNOWN_JOB = 404;

  private final Service service;
  private final KnownUploads known;
  private final Output output;

  public Uploads(Service service, KnownUploads known, Output output) {
    this.service = service;
    this.known = known;
    this.output = output;
  }

  /**
   * A job that was made of an upload, now or by the same command before.
   *
   * @param again whether it existed
   * @param upload to be forgotten when the end of the job was shown; null where it could not be
   *     stored
   */
  public record Started(JsonObject job, boolean again, Known upload) {}

  /** Imports a file, or finds the job that the same command has made of it. */
  public Started start(LocalFile file, Map<String, String> options, LongConsumer sent) {
    Known upload = find(file, options);
    if (upload != null && !upload.jobId().isEmpty()) {
      JsonObject job = earlier(upload.jobId());
      if (job != null) {
        return new Started(job, true, upload);
      }
      upload = stored(upload, "");
    }
    Map<String, String> headers =
        upload == null ? Map.of() : Map.of("Idempotency-Key", upload.key());
    Map<String, String> parameters = new TreeMap<>(options);
    parameters.put("autostart", "true");
    JsonObject job =
        service.upload(
            Service.JOBS + "/start?" + query(parameters),
            headers,
            new UploadBody(file, sent),
            LONGEST_MILLIS);
    return new Started(job, false, upload == null ? null : stored(upload, Text.text(job, "jobId")));
  }

  private Known find(LocalFile file, Map<String, String> options) {
    try {
      return known.find(service.address(), file, query(options));
    } catch (IOException e) {
      output.notice(
          "The state folder cannot be used (%s): the same command again would make a second job"
              .formatted(e.getClass().getSimpleName()));
      return null;
    }
  }

  /**
   * Null if that job is gone, was cancelled or was undone: then the file is to be imported anew.
   */
  private JsonObject earlier(String jobId) {
    try {
      JsonObject job = service.get(Service.JOBS + "/" + jobId + "/status");
      String status = Text.text(job, "status");
      return status.equals("cancelled") || status.equals("rolled_back") ? null : job;
    } catch (Failure e) {
      if (Text.number(e.problem(), "status") == UNKNOWN_JOB) {
        return null;
      }
      throw e;
    }
  }

  /** With a new key if there is no job. */
  private Known stored(Known upload, String jobId) {
    try {
      return jobId.isEmpty() ? known.renewed(upload) : known.started(upload, jobId);
    } catch (IOException e) {
      output.notice(
          "The state folder cannot be written (%s)".formatted(e.getClass().getSimpleName()));
      return upload;
    }
  }

  /** The end of the job was shown: the same command again imports the file again. */
  public void forget(Started started) {
    try {
      if (started.upload() != null) {
        known.forget(started.upload());
      }
    } catch (IOException e) {
      output.notice(
          "The state folder cannot be written (%s)".formatted(e.getClass().getSimpleName()));
    }
  }

  /** The report of a dry run. */
  public JsonObject check(LocalFile file, Map<String, String> options, LongConsumer sent) {
    return service.upload(path(options), Map.of(), new UploadBody(file, sent), LONGEST_MILLIS);
  }

  /** Writes the addresses without a user as CSV. */
  public void missingUsers(LocalFile file, Map<String, String> options, OutputStream target) {
    Download download = new Download(target);
    service.upload(
        path(options),
        Map.of("Accept", "text/csv"),
        new UploadBody(file, bytes -> {}),
        LONGEST_MILLIS,
        connection -> {
          download.from(connection.getInputStream());
          return null;
        });
  }

  private static String path(Map<String, String> options) {
    return Service.JOBS + "/validate" + (options.isEmpty() ? "" : "?" + query(options));
  }

  private static String query(Map<String, String> parameters) {
    return new TreeMap<>(parameters)
        .entrySet().stream()
            .map(entry -> entry.getKey() + "=" + Service.encoded(entry.getValue()))
            .collect(Collectors.joining("&"));
  }
}
