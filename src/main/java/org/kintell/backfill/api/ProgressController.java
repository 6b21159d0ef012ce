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
 * Streams the progress of a job as server-sent events. This is a controller for the same reason as
 * {@link ResumeController}: a watching client must not hold a thread.
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
   * Sends the status object now and after every change, until the job is over.
   *
   * @param seen the id of the last event before the client's connection broke; after the job's last
   *     event, 204 stops the client from reconnecting
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
        // Keeps proxies from buffering events.
        .header("X-Accel-Buffering", "no")
        .body(watch.follow(job.id(), now));
  }
}
