package org.kintell.backfill.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.UUID;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.http.upload.ReceivedFile;
import org.kintell.backfill.http.upload.UploadDigests;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobOptions;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.start.IdempotentResponses;
import org.kintell.backfill.start.JobParameters;
import org.kintell.backfill.start.JobQueueLimit;
import org.kintell.backfill.start.RetryService;
import org.kintell.backfill.start.Upload;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** Creates jobs from an uploaded file, or from the open rejects of another job. */
@RestController
@RequestMapping("/import/backfill")
class StartController {

  private final JobStarter starter;
  private final JobQueueLimit queue;
  private final RetryService retries;
  private final IdempotentResponses responses;
  private final JobQueries queries;
  private final Workspace workspace;
  private final UploadDigests digests;
  private final ObjectMapper json;

  StartController(
      JobStarter starter,
      JobQueueLimit queue,
      RetryService retries,
      IdempotentResponses responses,
      JobQueries queries,
      Workspace workspace,
      UploadDigests digests,
      ObjectMapper json) {
    this.starter = starter;
    this.queue = queue;
    this.retries = retries;
    this.responses = responses;
    this.queries = queries;
    this.workspace = workspace;
    this.digests = digests;
    this.json = json;
  }

  /** Creates a job and, if that is requested, queues it. */
  @PostMapping("/start")
  ResponseEntity<String> start(
      @RequestParam(name = "file", required = false) MultipartFile file,
      @RequestParam(required = false) String autostart,
      @RequestParam(required = false) String onDuplicate,
      @RequestParam(required = false) String maxErrors,
      @RequestParam(required = false) String maxErrorRate,
      @RequestParam(required = false) String parentJobId,
      HttpServletRequest request)
      throws IOException {
    boolean queued = JobParameters.autostart(autostart);
    if (queued) {
      // A full queue refuses the upload before anything is stored.
      queue.requireRoom();
    }
    if (file == null) {
      throw new ApiException(ProblemType.NO_FILE_PART);
    }
    try (ReceivedFile received = ReceivedFile.of(file, workspace)) {
      digests.check(request, received.path());
      Upload upload =
          retries.adopt(
              new Upload(
                  UUID.randomUUID(),
                  received.name(),
                  received.path(),
                  JobParameters.charset(request, file, StandardCharsets.UTF_8),
                  JobParameters.zone(request),
                  JobParameters.idempotencyKey(request),
                  null,
                  Upload.Origin.HTTP),
              parentJobId);
      JobOptions options = JobParameters.options(onDuplicate, maxErrors, maxErrorRate);
      Job job = starter.create(upload, options);
      return answer(job, upload, queued);
    }
  }

  /** A repeated request gets the answer of the first one. */
  private ResponseEntity<String> answer(Job job, Upload upload, boolean queued)
      throws JsonProcessingException {
    IdempotentResponses.Answer answer = responses.kept(job, upload);
    if (answer == null) {
      // A repeated request may find that its job has stopped since.
      if (queued && job.status() == JobStatus.PENDING) {
        starter.enqueue(job);
      }
      HttpStatus status = queued ? HttpStatus.ACCEPTED : HttpStatus.CREATED;
      String document = json.writeValueAsString(queries.document(job));
      answer = new IdempotentResponses.Answer(status.value(), document);
      responses.keep(answer, job, upload);
    }
    return ResponseEntity.status(answer.status())
        .location(JobStarter.statusOf(job))
        .contentType(MediaType.APPLICATION_JSON)
        .body(answer.body());
  }

  /** Creates a job from the open rejects of a job, all or those with the given causes. */
  @PostMapping("/{jobId}/retry")
  ResponseEntity<Object> retry(Job job, HttpServletRequest request) throws IOException {
    queue.requireRoom();
    Upload rejects = retries.retry(job, request.getParameterValues("cause"));
    try {
      return starter.start(rejects, job);
    } finally {
      Files.deleteIfExists(rejects.content());
    }
  }
}
