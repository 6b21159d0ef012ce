package org.kintell.backfill.dryrun;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.CsvPreference;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.job.run.JobWatch;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.start.JobParameters;
import org.kintell.backfill.start.Upload;
import org.kintell.backfill.start.Uploads;
import org.kintell.backfill.trail.Actor;
import org.kintell.backfill.trail.Trail;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.io.FileSystemResource;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.multipart.MultipartFile;

/**
 * Runs a dry run and answers with its report. A controller, because a waiting request must not hold
 * a thread; the route {@code start-dry-run} and those of all jobs do the work.
 */
@RestController
class ValidationController {

  private static final Logger LOG = LoggerFactory.getLogger(ValidationController.class);

  private final ProducerTemplate camel;
  private final JobParameters parameters;
  private final JobWatch watch;
  private final DryRuns dryRuns;
  private final DryRunReports reports;
  private final Workspace workspace;
  private final Trail trail;
  private final Executor executor;

  ValidationController(
      ProducerTemplate camel,
      JobParameters parameters,
      JobWatch watch,
      DryRuns dryRuns,
      DryRunReports reports,
      Workspace workspace,
      Trail trail,
      @Qualifier("applicationTaskExecutor") Executor executor) {
    this.camel = camel;
    this.parameters = parameters;
    this.watch = watch;
    this.dryRuns = dryRuns;
    this.reports = reports;
    this.workspace = workspace;
    this.trail = trail;
    this.executor = executor;
  }

  @PostMapping(
      path = "/import/backfill/validate",
      produces = {MediaType.APPLICATION_JSON_VALUE, "text/csv"})
  DeferredResult<ResponseEntity<Object>> validate(
      @RequestParam(name = "file", required = false) MultipartFile file,
      @RequestParam(name = "onDuplicate", required = false) String onDuplicate,
      @RequestParam(name = "spreadsheet", required = false) String spreadsheet,
      ServletWebRequest request)
      throws IOException, HttpMediaTypeNotAcceptableException {
    if (file == null) {
      throw new ApiException(ProblemType.NO_FILE_PART);
    }
    boolean csv = CsvPreference.of(request);
    ErrorFile.Form form = parameters.spreadsheet(spreadsheet);
    JobOptions options = parameters.options(onDuplicate, null, null);
    UUID jobId = start(file, options, request.getRequest());
    Actor caller = Actor.current();
    DeferredResult<ResponseEntity<Object>> answer = new DeferredResult<>();
    // Also if the client has disconnected: the dry run must be removed.
    watch
        .whenOver(jobId)
        .handleAsync(
            (job, failure) -> {
              return caller.run(
                  () -> {
                    finish(jobId, job, csv ? form : null, answer);
                    return null;
                  });
            },
            executor);
    return answer;
  }

  private UUID start(MultipartFile file, JobOptions options, HttpServletRequest request)
      throws IOException {
    Path copy = workspace.newFile(".validate");
    try {
      file.transferTo(copy);
      String name = file.getOriginalFilename();
      Upload upload =
          new Upload(
              UUID.randomUUID(),
              name == null ? "" : name,
              copy,
              Uploads.charset(request, file),
              Uploads.zone(request),
              null,
              null,
              Upload.Origin.HTTP);
      camel.requestBodyAndHeader("direct:start-dry-run", upload, "options", options);
      return upload.jobId();
    } catch (CamelExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    } finally {
      Files.deleteIfExists(copy);
    }
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

  /**
   * @param csv the form of the addresses as CSV; null for the report
   */
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
    answer.onCompletion(() -> discard(emails));
    reports.writeEmails(job, csv, emails);
    trail.note("missing-users-downloaded", null, "of " + job.fileName());
    return ResponseEntity.ok()
        .contentType(CsvPreference.CSV)
        .header(
            HttpHeaders.CONTENT_DISPOSITION,
            ContentDisposition.attachment().filename("emails_not_found.csv").build().toString())
        .body(new FileSystemResource(emails));
  }

  private static void discard(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void remove(UUID jobId) {
    try {
      dryRuns.remove(jobId);
    } catch (IOException | RuntimeException e) {
      LOG.warn("Dry run not removed yet, jobId: {}: {}", jobId, e.getMessage());
    }
  }
}
