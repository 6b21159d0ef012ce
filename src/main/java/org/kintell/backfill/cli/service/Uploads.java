package org.kintell.backfill.cli.service;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.kintell.backfill.cli.service.KnownUploads.Known;
import org.kintell.backfill.cli.terminal.Output;
import org.kintell.backfill.cli.terminal.Text;

/** Sends files: to import them, and to check them. */
public final class Uploads {

  private static final int UNKNOWN_JOB = 404;

  private final Service service;
  private final KnownUploads known;
  private final Output output;

  /** Of the user with this environment. */
  public Uploads(Service service, Map<String, String> environment, Output output) {
    this.service = service;
    this.known = new KnownUploads(environment);
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
    Map<String, String> parameters = new HashMap<>(options);
    parameters.put("autostart", "true");
    JsonObject job =
        service.json(
            Request.upload(
                Endpoints.with(Endpoints.JOBS + "/start", parameters),
                headers,
                new UploadBody(file, sent)));
    return new Started(job, false, upload == null ? null : stored(upload, Text.text(job, "jobId")));
  }

  private Known find(LocalFile file, Map<String, String> options) {
    try {
      return known.find(service.address(), file, Endpoints.query(options));
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
      JsonObject job = service.get(Endpoints.job(jobId, "status"));
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
    return service.json(validation(Map.of(), file, options, sent));
  }

  /** Writes the addresses without a user as CSV. */
  public void missingUsers(LocalFile file, Map<String, String> options, OutputStream target) {
    service.download(validation(Map.of("Accept", "text/csv"), file, options, bytes -> {}), target);
  }

  private static Request validation(
      Map<String, String> headers, LocalFile file, Map<String, String> options, LongConsumer sent) {
    return Request.upload(
        Endpoints.with(Endpoints.JOBS + "/validate", options), headers, new UploadBody(file, sent));
  }
}
