package org.kintell.backfill.api;

import jakarta.servlet.http.HttpServletRequest;
import org.kintell.backfill.http.Attachment;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.job.Verification;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.reject.RejectQuery;
import org.kintell.backfill.start.JobParameters;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Answers requests about jobs. */
@RestController
@RequestMapping("/import/backfill")
class JobController {

  private final JobListing listing;
  private final JobQueries queries;

  JobController(JobListing listing, JobQueries queries) {
    this.listing = listing;
    this.queries = queries;
  }

  @GetMapping
  JobListing.Page list(HttpServletRequest request) {
    return listing.list(ListQuery.of(request.getParameterMap()));
  }

  @GetMapping("/{jobId}/status")
  JobDocument status(Job job) {
    return queries.documentOf(job);
  }

  @GetMapping("/{jobId}/report")
  JobReport report(Job job) {
    return listing.report(job);
  }

  @GetMapping("/{jobId}/verify")
  Verification verify(Job job) {
    return queries.verify(job);
  }

  /** Streams the error file in the thread of the request, which {@code DownloadSlots} counts. */
  @GetMapping("/{jobId}/errors")
  ResponseEntity<InputStreamResource> errors(
      Job job,
      @RequestParam(required = false) String cause,
      @RequestParam(required = false) String spreadsheet) {
    RejectQuery query = RejectQuery.of(cause, null, null, null);
    ErrorFile.Form form = JobParameters.spreadsheet(spreadsheet);
    return ResponseEntity.ok()
        .header(HttpHeaders.CONTENT_TYPE, "text/csv; charset=utf-8")
        .headers(Attachment.named(ErrorFile.name(job.id())))
        .body(new InputStreamResource(queries.errors(job, query, form)));
  }
}
