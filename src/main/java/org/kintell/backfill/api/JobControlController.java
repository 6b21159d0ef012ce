package org.kintell.backfill.api;

import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.rollback.RollbackReport;
import org.kintell.backfill.rollback.Rollbacks;
import org.kintell.backfill.start.JobParameters;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Pauses, cancels and rolls back jobs: 202 while that is requested, 200 once it is reached. */
@RestController
@RequestMapping("/import/backfill/{jobId}")
class JobControlController {

  private final JobControl control;
  private final JobQueries queries;
  private final Rollbacks rollbacks;

  JobControlController(JobControl control, JobQueries queries, Rollbacks rollbacks) {
    this.control = control;
    this.queries = queries;
    this.rollbacks = rollbacks;
  }

  @PostMapping("/pause")
  ResponseEntity<JobDocument> pause(Job job) {
    return answer(control.pause(job));
  }

  @PostMapping("/cancel")
  ResponseEntity<JobDocument> cancel(Job job) {
    return answer(control.cancel(job));
  }

  private ResponseEntity<JobDocument> answer(Job job) {
    return ResponseEntity.status(status(job.requested() != null)).body(queries.documentOf(job));
  }

  /** Removes the sessions that the job created; a dry run counts them. */
  @PostMapping("/rollback")
  ResponseEntity<RollbackReport> rollback(Job job, @RequestParam(required = false) String dryRun) {
    boolean counted = JobParameters.dryRun(dryRun);
    boolean open = !counted && control.rollback(job);
    return ResponseEntity.status(status(open)).body(rollbacks.report(job, counted));
  }

  @GetMapping("/rollback")
  RollbackReport rollbackReport(Job job) {
    return rollbacks.report(job, false);
  }

  private static HttpStatus status(boolean open) {
    return open ? HttpStatus.ACCEPTED : HttpStatus.OK;
  }
}
