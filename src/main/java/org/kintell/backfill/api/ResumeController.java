package org.kintell.backfill.api;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.kintell.backfill.config.HeapShare;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.WaitPreference;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.http.upload.UploadDigests;
import org.kintell.backfill.job.ErrorBudget;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.job.run.JobWatch;
import org.kintell.backfill.start.JobParameters;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/**
 * Starts or resumes a job and waits for its end; the route {@code resume-job} does the work. This
 * is a controller, because a platform-http route holds a thread until it answers, and a waiting
 * request must not.
 */
@RestController
class ResumeController {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  private final ProducerTemplate camel;
  private final JobQueries requests;
  private final JobWatch watch;
  private final Workspace workspace;
  private final UploadDigests digests;
  private final int mostWaiting;

  ResumeController(
      ProducerTemplate camel,
      JobQueries requests,
      JobWatch watch,
      Workspace workspace,
      UploadDigests digests,
      LimitSettings limits) {
    this.mostWaiting = HeapShare.limit(limits.maxWaitingRequests(), LimitSettings.HEAP_PER_WAITING);
    this.camel = camel;
    this.requests = requests;
    this.watch = watch;
    this.workspace = workspace;
    this.digests = digests;
  }

  @PostMapping("/import/backfill/{jobId}/resume")
  DeferredResult<ResponseEntity<JobDocument>> resume(
      @PathVariable String jobId,
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
    resume(jobId, file, JobParameters.budget(maxErrors, maxErrorRate), request);
    Job job = requests.find(jobId);
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
            answer.setErrorResult(ApiException.unknownJob(jobId));
          }
        });
    if (requests.find(jobId).status().isOver()) {
      over.complete(job);
    }
    return answer;
  }

  private void resume(
      String jobId, MultipartFile file, ErrorBudget budget, HttpServletRequest request)
      throws IOException {
    Map<String, Object> headers = new HashMap<>();
    headers.put("jobId", jobId);
    headers.put("budget", budget);
    Path copy = workspace.newFile(".resume");
    try {
      if (file != null) {
        file.transferTo(copy);
        digests.check((MultipartHttpServletRequest) request, file.getName(), copy);
        headers.put("file", copy);
      }
      camel.requestBodyAndHeaders("direct:resume-job", null, headers);
    } catch (CamelExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  private ResponseEntity<JobDocument> answer(Job job) {
    Job now = requests.find(job.id().toString());
    HttpStatus status = now.status().isOver() ? HttpStatus.OK : HttpStatus.ACCEPTED;
    return ResponseEntity.status(status).body(requests.documentOf(now));
  }
}
