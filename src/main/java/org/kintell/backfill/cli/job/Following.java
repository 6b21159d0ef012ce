package org.kintell.backfill.cli.job;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.kintell.backfill.cli.service.Endpoints;
import org.kintell.backfill.cli.service.Failure;
import org.kintell.backfill.cli.service.JobWatch;
import org.kintell.backfill.cli.service.Service;
import org.kintell.backfill.cli.terminal.Output;
import org.kintell.backfill.cli.terminal.Progress;
import org.kintell.backfill.cli.terminal.Progress.Step;
import org.kintell.backfill.cli.terminal.Text;

/** Follows one job: progress while it runs, its outcome at the end. */
public final class Following {

  private static final long BETWEEN_DOCUMENTS = Duration.ofSeconds(1).toNanos();

  private final Service service;
  private final Output output;
  private final Progress progress;
  private final int number;
  private final boolean json;
  private String lastStatus = "";
  private long lastDocument;

  /**
   * @param number of the job's line in the progress
   * @param json whether each step is a document on the output
   */
  public Following(Service service, Output output, Progress progress, int number, boolean json) {
    this.service = service;
    this.output = output;
    this.progress = progress;
    this.number = number;
    this.json = json;
  }

  /** Follows a job until it stops. */
  public Outcome follow(String jobId, boolean allowRejects) {
    JsonObject job = new JobWatch(service).follow(jobId, this::show);
    progress.end(number);
    return new Outcome(withCauses(job), allowRejects);
  }

  private JsonObject withCauses(JsonObject job) {
    if (Text.number(job, "failedRows") > 0) {
      try {
        JsonObject report = service.get(Endpoints.job(Text.text(job, "jobId"), "report"));
        job.add("causes", report.get("causes"));
      } catch (Failure e) {
        output.notice("The causes are not known: " + e.getMessage());
      }
    }
    return job;
  }

  private void show(JsonObject job) {
    progress.show(number, step(job));
    if (json && !JobWatch.isStopped(job)) {
      long now = System.nanoTime();
      String status = Text.text(job, "status");
      if (!status.equals(lastStatus) || now - lastDocument >= BETWEEN_DOCUMENTS) {
        lastStatus = status;
        lastDocument = now;
        output.json("progress", job);
      }
    }
  }

  /** The most important fact first. */
  public static Step step(JsonObject job) {
    long total = Text.number(job, "totalRows");
    long processed = Text.number(job, "processedRows");
    long rejected = Text.number(job, "failedRows");
    List<String> facts = new ArrayList<>();
    if (total > 0) {
      facts.add(processed * 100 / total + " %");
      facts.add("%s of %s".formatted(Text.count(processed), Text.count(total, "row")));
    }
    if (rejected > 0) {
      facts.add(Text.count(rejected) + " rejected");
    }
    facts.add(left(job));
    long rate = Text.number(job, "rate");
    if (rate > 0) {
      facts.add(Text.count(rate) + "/s");
    }
    String waiting = Text.text(job, "waitingFor");
    if (!waiting.isEmpty()) {
      facts.add("waits for " + Text.harmless(waiting));
    }
    return new Step(Text.text(job, "fileName"), status(job), facts);
  }

  private static String status(JsonObject job) {
    String requested = Text.text(job, "requested");
    if (!requested.isEmpty()) {
      return requested + " requested";
    }
    return job.has("queued") ? "queued" : Text.text(job, "status").replace('_', ' ');
  }

  private static String left(JsonObject job) {
    try {
      Instant end = Instant.parse(Text.text(job, "estimatedEnd"));
      return Text.duration(Duration.between(Instant.now(), end)) + " left";
    } catch (DateTimeParseException e) {
      return "";
    }
  }
}
