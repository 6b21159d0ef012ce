package org.kintell.backfill.api;

import java.io.IOException;
import java.nio.file.Files;
import org.kintell.backfill.dryrun.DryRunRequests;
import org.kintell.backfill.dryrun.DryRunRequests.Asked;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.reject.Corrections;
import org.kintell.backfill.start.JobParameters;
import org.kintell.backfill.start.JobQueueLimit;
import org.kintell.backfill.start.RetryService;
import org.kintell.backfill.start.Upload;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;

/** Creates a job from rejects with a client's corrections, or runs a dry run of it. */
@RestController
class CorrectionController {

  private final JobStarter starter;
  private final JobQueueLimit queue;
  private final RetryService retries;
  private final DryRunRequests dryRuns;

  CorrectionController(
      JobStarter starter, JobQueueLimit queue, RetryService retries, DryRunRequests dryRuns) {
    this.starter = starter;
    this.queue = queue;
    this.retries = retries;
    this.dryRuns = dryRuns;
  }

  @PostMapping(
      path = "/import/backfill/{jobId}/corrections",
      consumes = MediaType.APPLICATION_JSON_VALUE)
  DeferredResult<ResponseEntity<Object>> correct(
      Job job,
      @RequestParam(required = false) String dryRun,
      @RequestHeader(name = "Prefer", required = false) String prefer,
      @RequestBody byte[] body)
      throws IOException {
    boolean checked = JobParameters.dryRun(dryRun);
    Corrections corrections = Corrections.of(body);
    queue.requireRoom();
    Upload upload = retries.correct(job, corrections);
    try {
      return checked
          ? dryRuns.run(upload, job.options().withoutBudget(), new Asked(job.id(), null, prefer))
          : imported(upload, job);
    } finally {
      Files.deleteIfExists(upload.content());
    }
  }

  private DeferredResult<ResponseEntity<Object>> imported(Upload upload, Job job) {
    DeferredResult<ResponseEntity<Object>> answer = new DeferredResult<>();
    answer.setResult(starter.start(upload, job));
    return answer;
  }
}
