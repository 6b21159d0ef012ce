package org.kintell.backfill.api.progress;

import org.kintell.backfill.api.progress.ProgressWatcher.Event;
import org.kintell.backfill.job.Job;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Streams the progress of a job, or of all jobs, as server-sent events. A client that watches holds
 * no thread.
 */
@RestController
class ProgressController {

  private final ProgressStreams streams;
  private final ProgressWatch watch;
  private final ListWatch list;

  ProgressController(ProgressStreams streams, ProgressWatch watch, ListWatch list) {
    this.streams = streams;
    this.watch = watch;
    this.list = list;
  }

  /** Sends the jobs of the list, and then the changes. */
  @GetMapping("/import/backfill/progress")
  ResponseEntity<SseEmitter> progress() {
    streams.requireRoom();
    return ProgressStreams.answer(list.follow());
  }

  /**
   * Sends the status object now and after every change, until the job is over.
   *
   * @param seen the id of the last event before the client's connection broke; after the job's last
   *     event, 204 stops the client from reconnecting
   */
  @GetMapping("/import/backfill/{jobId}/progress")
  ResponseEntity<SseEmitter> progress(
      Job job, @RequestHeader(name = "Last-Event-ID", required = false) String seen) {
    streams.requireRoom();
    Event now = watch.event(job);
    if (now.last() && now.id().equals(seen)) {
      return ResponseEntity.noContent().build();
    }
    return ProgressStreams.answer(watch.follow(job.id(), now));
  }
}
