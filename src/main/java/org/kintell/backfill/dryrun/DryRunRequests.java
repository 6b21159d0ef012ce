package org.kintell.backfill.dryrun;

import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.regex.Pattern;
import org.apache.camel.FluentProducerTemplate;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.Attachment;
import org.kintell.backfill.http.CsvPreference;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.run.JobWatch;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.start.Upload;
import org.kintell.backfill.trail.Actor;
import org.kintell.backfill.trail.Trail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Starts dry runs and answers with their reports: at their end, without holding a thread, or at
 * once with a check to query later. The route {@code start-dry-run} and those of all jobs do the
 * work.
 */
@Component
public class DryRunRequests {

  private static final Logger LOG = LoggerFactory.getLogger(DryRunRequests.class);

  /** RFC 7240, 4.1. */
  private static final Pattern RESPOND_ASYNC =
      Pattern.compile("(?:^|[,;])\\s*respond-async\\s*(?=[,;]|$)", Pattern.CASE_INSENSITIVE);

  private static final String PREFERENCE_APPLIED = "Preference-Applied";

  private final FluentProducerTemplate camel;
  private final JobWatch watch;
  private final DryRuns dryRuns;
  private final DryRunReports reports;
  private final Checks checks;
  private final Workspace workspace;
  private final Trail trail;
  private final Executor executor;

  DryRunRequests(
      FluentProducerTemplate camel,
      JobWatch watch,
      DryRuns dryRuns,
      DryRunReports reports,
      Checks checks,
      Workspace workspace,
      Trail trail,
      @Qualifier("applicationTaskExecutor") Executor executor) {
    this.camel = camel;
    this.watch = watch;
    this.dryRuns = dryRuns;
    this.reports = reports;
    this.checks = checks;
    this.workspace = workspace;
    this.trail = trail;
    this.executor = executor;
  }

  /**
   * A client's request for a dry run.
   *
   * @param checkedJobId the job whose file or rejects are checked; null for an uploaded file
   * @param csv the form of the missing addresses as CSV; null for the report
   * @param prefer the header {@code Prefer}, or null
   */
  public record Asked(UUID checkedJobId, ErrorFile.Form csv, String prefer) {

    private boolean async() {
      return prefer != null && RESPOND_ASYNC.matcher(prefer).find();
    }
  }

  /**
   * Starts a dry run.
   *
   * @return the answer, now or later
   */
  public DeferredResult<ResponseEntity<Object>> run(
      Upload upload, JobOptions options, Asked asked) {
    start(upload, options, asked);
    DeferredResult<ResponseEntity<Object>> answer = new DeferredResult<>();
    UUID id = upload.jobId();
    if (asked.async()) {
      answer.setResult(
          ResponseEntity.accepted()
              .header(HttpHeaders.LOCATION, "/import/backfill/validate/" + id)
              .header(PREFERENCE_APPLIED, "respond-async")
              .contentType(MediaType.APPLICATION_JSON)
              .body(checks.find(id.toString())));
      return answer;
    }
    Actor caller = Actor.current();
    // Also if the client has disconnected: the dry run must be removed.
    watch
        .whenOver(id)
        .whenCompleteAsync(
            (job, failure) -> caller.run(() -> finish(id, job, asked.csv(), answer)), executor);
    return answer;
  }

  private void start(Upload upload, JobOptions options, Asked asked) {
    camel
        .withBody(upload)
        .withHeader("options", options)
        .withHeader(
            DryRuns.OF,
            new DryRuns.Of(asked.checkedJobId(), upload.parent() != null, asked.async()))
        .to("direct:start-dry-run")
        .request();
  }

  /** Answers, and removes the dry run even if the answer fails. */
  private void finish(
      UUID jobId, Job job, ErrorFile.Form csv, DeferredResult<ResponseEntity<Object>> answer) {
    try {
      ResponseEntity<Object> report = report(job, csv, answer);
      remove(jobId);
      answer.setResult(report);
    } catch (IOException | RuntimeException e) {
      remove(jobId);
      answer.setErrorResult(e);
    }
  }

  private ResponseEntity<Object> report(
      Job job, ErrorFile.Form csv, DeferredResult<ResponseEntity<Object>> answer)
      throws IOException {
    if (job == null || job.status() != JobStatus.COMPLETED) {
      throw new ApiException(ProblemType.DRY_RUN_STOPPED);
    }
    if (csv == null) {
      return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(reports.report(job));
    }
    Path emails = workspace.newFile(".csv");
    answer.onCompletion(() -> Workspace.discard(emails));
    reports.writeEmails(job, csv, emails);
    trail.note("missing-users-downloaded", null, "of " + job.fileName());
    return ResponseEntity.ok()
        .contentType(CsvPreference.CSV)
        .headers(Attachment.named("emails_not_found.csv"))
        .body(new FileSystemResource(emails));
  }

  private void remove(UUID jobId) {
    try {
      dryRuns.remove(jobId);
    } catch (RuntimeException e) {
      LOG.warn("Dry run not removed yet, jobId: {}: {}", jobId, e.getMessage());
    }
  }
}
