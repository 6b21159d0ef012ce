package org.kintell.backfill.api;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.FluentProducerTemplate;
import org.kintell.backfill.config.HeapShare;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.WaitPreference;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.http.upload.ReceivedFile;
import org.kintell.backfill.http.upload.UploadDigests;
import org.kintell.backfill.job.ErrorBudget;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.job.run.JobWatch;
import org.kintell.backfill.start.JobParameters;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.multipart.MultipartFile;

/**
 * Starts or resumes a job and waits for its end without a thread. The route {@code resume-job} does
 * the work.
 */
@RestController
class ResumeController {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  private final FluentProducerTemplate camel;
  private final JobQueries queries;
  private final JobWatch watch;
  private final Workspace workspace;
  private final UploadDigests digests;
  private final int mostWaiting;

  ResumeController(
      FluentProducerTemplate camel,
      JobQueries queries,
      JobWatch watch,
      Workspace workspace,
      UploadDigests digests,
      LimitSettings limits) {
    this.mostWaiting = HeapShare.limit(limits.maxWaitingRequests(), LimitSettings.HEAP_PER_WAITING);
    this.camel = camel;
    this.queries = queries;
    this.watch = watch;
    this.workspace = workspace;
    this.digests = digests;
  }

  @PostMapping("/import/backfill/{jobId}/resume")
  DeferredResult<ResponseEntity<JobDocument>> resume(
      Job job,
      @RequestParam(name = "file", required = false) MultipartFile file,
      @RequestParam(required = false) String maxErrors,
      @RequestParam(required = false) String maxErrorRate,
      @RequestHeader(name = "Prefer", required = false) String prefer,
      HttpServletRequest request)
      throws IOException {
    Duration patience = WaitPreference.of(prefer);
    if (!patience.isZero() && watch.watchers() >= mostWaiting) {
      throw new ApiException(ProblemType.TOO_MANY_WAITING)
          .retryAfter(RETRY_AFTER)
          .closingConnection();
    }
    resume(job, file, JobParameters.budget(maxErrors, maxErrorRate), request);
    DeferredResult<ResponseEntity<JobDocument>> answer = new DeferredResult<>(patience.toMillis());
    if (patience.isZero()) {
      answer.setResult(answer(job));
      return answer;
    }
    CompletableFuture<Job> over = watch.whenOver(job.id());
    answer.onTimeout(() -> answer.setResult(answer(job)));
    answer.onCompletion(() -> over.cancel(false));
    over.whenComplete(
        (ended, failure) -> {
          if (ended != null) {
            answer.setResult(answer(ended));
          } else {
            // The job was deleted by hand, or the client has its answer already.
            answer.setErrorResult(ApiException.unknownJob(job.id()));
          }
        });
    if (queries.current(job).status().isOver()) {
      over.complete(job);
    }
    return answer;
  }

  private void resume(Job job, MultipartFile file, ErrorBudget budget, HttpServletRequest request)
      throws IOException {
    try (ReceivedFile sent = file == null ? null : ReceivedFile.of(file, workspace)) {
      if (sent != null) {
        digests.check(request, sent.path());
      }
      camel
          .withBody(job)
          .withHeader("budget", budget)
          .withHeader("file", sent == null ? null : source(job, file, sent, request))
          .to("direct:resume-job")
          .request();
    }
  }

  /** Only the content counts; the file may be packed differently and have another name. */
  private static SourceFile source(
      Job job, MultipartFile file, ReceivedFile sent, HttpServletRequest request) {
    Charset charset = JobParameters.charset(request, file, job.charset());
    return new SourceFile(sent.path(), true, true, charset);
  }

  private ResponseEntity<JobDocument> answer(Job job) {
    Job now = queries.current(job);
    HttpStatus status = now.status().isOver() ? HttpStatus.OK : HttpStatus.ACCEPTED;
    return ResponseEntity.status(status).body(queries.documentOf(now));
  }
}
