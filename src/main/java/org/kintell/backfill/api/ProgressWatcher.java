package org.kintell.backfill.api;

import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One client that watches a job. A slow client gets fewer events, not older ones: a new event
 * replaces one that is not sent yet.
 */
final class ProgressWatcher {

  /**
   * What a client receives.
   *
   * @param id the same as long as nothing but the time changed
   * @param json the status object
   * @param last whether the job is over
   */
  record Event(String id, String json, boolean last) {}

  private static final Event HEARTBEAT = new Event("", "", false);

  private final SseEmitter emitter;
  private final Executor senders;
  private final Consumer<ProgressWatcher> gone;
  private String offered;
  private Event next;
  private boolean sending;

  /**
   * @param senders send the events, which may block
   * @param gone is called when the client hung up or got the last event
   */
  ProgressWatcher(SseEmitter emitter, Executor senders, Consumer<ProgressWatcher> gone) {
    this.emitter = emitter;
    this.senders = senders;
    this.gone = gone;
  }

  /** Sends an event unless it equals the one before. */
  synchronized void offer(Event event) {
    if (!event.id().equals(offered)) {
      offered = event.id();
      next = event;
      wake();
    }
  }

  /** Sends a comment, which fails if the client has hung up. */
  synchronized void beat() {
    if (next == null) {
      next = HEARTBEAT;
      wake();
    }
  }

  private void wake() {
    if (!sending) {
      try {
        senders.execute(this::send);
        sending = true;
      } catch (RejectedExecutionException e) {
        // The service is stopping.
        gone.accept(this);
      }
    }
  }

  private synchronized Event take() {
    Event taken = next;
    next = null;
    sending = taken != null;
    return taken;
  }

  private void send() {
    try {
      for (Event event = take(); event != null; event = take()) {
        if (event == HEARTBEAT) {
          emitter.send(SseEmitter.event().comment("still here"));
        } else {
          emitter.send(
              SseEmitter.event().id(event.id()).data(event.json(), MediaType.APPLICATION_JSON));
        }
        if (event.last()) {
          close();
        }
      }
    } catch (IOException | IllegalStateException e) {
      // The client hung up; the container ends the request.
      gone.accept(this);
    }
  }

  /** Ends the stream. */
  void close() {
    gone.accept(this);
    emitter.complete();
  }
}
