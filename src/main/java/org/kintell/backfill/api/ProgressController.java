package org.kintell.backfill.api;

import org.kintell.backfill.api.ProgressWatcher.Event;
import org.kintell.backfill.job.Job;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * The progress of a job as a stream of server-sent events. A controller for the reason that {@link
 * ResumeController} is one: whoever watches must not hold a thread.
 */
@RestController
class ProgressController {

  private final JobQueries requests;
  private final ProgressWatch watch;

  ProgressController(JobQueries requests, ProgressWatch watch) {
    this.requests = requests;
    this.watch = watch;
  }

  /**
   * Sends the status object now and whenever it changes, and ends with the job.
   *
   * @param seen the id of the last event that a client got before its connection broke; when that
   *     told it the end, 204 keeps it from asking again
   */
  @GetMapping("/import/backfill/{jobId}/progress")
  ResponseEntity<SseEmitter> progress(
      @PathVariable String jobId,
      @RequestHeader(name = "Last-Event-ID", required = false) String seen) {
    watch.requireRoom();
    Job job = requests.find(jobId);
    Event now = watch.event(job);
    if (now.last() && now.id().equals(seen)) {
      return ResponseEntity.noContent().build();
    }
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        // A proxy must not hold events back until a buffer is full.
        .header("X-Accel-Buffering", "no")
        .body(watch.follow(job.id(), now));
  }
}
