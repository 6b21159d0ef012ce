package org.kintell.backfill.dryrun;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.kintell.backfill.dryrun.DryRunRequests.Asked;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.CsvPreference;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.http.upload.ReceivedFile;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.start.JobParameters;
import org.kintell.backfill.start.Upload;
import org.kintell.backfill.store.FileStore;
import org.kintell.backfill.store.LocalFile;
import org.kintell.backfill.trail.Trail;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.multipart.MultipartFile;

/** Answers requests for dry runs of an uploaded file, or of a pending job's file. */
@RestController
@RequestMapping("/import/backfill")
class ValidationController {

  private final FileStore files;
  private final DryRunRequests dryRuns;
  private final Checks checks;
  private final Workspace workspace;
  private final Trail trail;

  ValidationController(
      FileStore files, DryRunRequests dryRuns, Checks checks, Workspace workspace, Trail trail) {
    this.files = files;
    this.dryRuns = dryRuns;
    this.checks = checks;
    this.workspace = workspace;
    this.trail = trail;
  }

  @PostMapping("/validate")
  DeferredResult<ResponseEntity<Object>> validate(
      @RequestParam(name = "file", required = false) MultipartFile file,
      @RequestParam(name = "onDuplicate", required = false) String onDuplicate,
      @RequestParam(name = "spreadsheet", required = false) String spreadsheet,
      @RequestHeader(name = "Prefer", required = false) String prefer,
      ServletWebRequest request)
      throws IOException, HttpMediaTypeNotAcceptableException {
    Asked asked = new Asked(null, csv(spreadsheet, request), prefer);
    if (file == null) {
      throw new ApiException(ProblemType.NO_FILE_PART);
    }
    JobOptions options = JobParameters.options(onDuplicate, null, null);
    HttpServletRequest sent = request.getRequest();
    try (ReceivedFile received = ReceivedFile.of(file, workspace)) {
      Upload upload =
          new Upload(
              UUID.randomUUID(),
              received.name(),
              received.path(),
              JobParameters.charset(sent, file, StandardCharsets.UTF_8),
              JobParameters.zone(sent),
              null,
              null,
              Upload.Origin.HTTP);
      return dryRuns.run(upload, options, asked);
    }
  }

  /**
   * Checks the stored file of a job that is not started, with its own options or another policy.
   */
  @PostMapping("/{jobId}/validate")
  DeferredResult<ResponseEntity<Object>> validate(
      Job job,
      @RequestParam(name = "onDuplicate", required = false) String onDuplicate,
      @RequestParam(name = "spreadsheet", required = false) String spreadsheet,
      @RequestHeader(name = "Prefer", required = false) String prefer,
      ServletWebRequest request)
      throws IOException, HttpMediaTypeNotAcceptableException {
    ErrorFile.Form csv = csv(spreadsheet, request);
    JobOptions chosen = JobParameters.options(onDuplicate, null, null);
    if (job.status() != JobStatus.PENDING) {
      throw job.cannotBe("checked", "Send its file to validate instead.");
    }
    if (!files.exists(job.id())) {
      throw new ApiException(ProblemType.STORED_FILE_GONE, job.id(), "sha256 " + job.sha256());
    }
    JobOptions options = onDuplicate == null ? job.options().withoutBudget() : chosen;
    // The stored file is unpacked and in UTF-8; its name must not denote an archive.
    String name = job.fileName().endsWith(".csv") ? job.fileName() : job.fileName() + ".csv";
    try (LocalFile stored = files.local(job.id())) {
      Upload upload =
          new Upload(UUID.randomUUID(), name, stored.path(), Upload.Origin.HTTP)
              .withZone(job.zone());
      return dryRuns.run(upload, options, new Asked(job.id(), csv, prefer));
    }
  }

  /** The newest check of a job's file or rejects that was kept. */
  @GetMapping("/{jobId}/validate")
  Check newestCheck(Job job) {
    return noted(checks.newest(job));
  }

  /** The media type decides where an address of jobs fits too: {@code validate/progress}. */
  @GetMapping(path = "/validate/{checkId}", produces = MediaType.APPLICATION_JSON_VALUE)
  Check check(@PathVariable String checkId) {
    return noted(checks.find(checkId));
  }

  /** A report names addresses. */
  private Check noted(Check check) {
    if (check.report() != null) {
      trail.noteOnce("check-read", check.jobId(), null);
    }
    return check;
  }

  /** The form in which the client wants the missing addresses; null for the report. */
  private ErrorFile.Form csv(String spreadsheet, ServletWebRequest request)
      throws HttpMediaTypeNotAcceptableException {
    ErrorFile.Form form = JobParameters.spreadsheet(spreadsheet);
    return CsvPreference.of(request) ? form : null;
  }
}
