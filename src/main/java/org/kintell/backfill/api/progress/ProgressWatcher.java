package org.kintell.backfill.api.progress;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One client that watches. A slow client gets fewer events, not older ones: a new state replaces
 * one that is not sent yet.
 */
final class ProgressWatcher {

  /** The state of a client at one time. */
  interface State {

    /** Whether this state adds nothing for a client that knows the other one. */
    boolean sameAs(State other);

    /**
     * The event for a client.
     *
     * @param known the last state that the client was sent; null for none
     */
    Event since(State known);
  }

  /**
   * An event for a client.
   *
   * @param id unchanged while only the time changes; null for none
   * @param last whether the stream ends with it
   */
  record Event(String id, String json, boolean last) {}

  private final SseEmitter emitter;
  private final Instant until;
  private final Executor senders;
  private final Consumer<ProgressWatcher> gone;
  private State offered;
  private State sent;
  private boolean heartbeat;
  private boolean last;
  private boolean sending;

  /**
   * @param until when it ends at the latest
   * @param senders send the events, which may block
   * @param gone called when the client has disconnected or got the last event
   */
  ProgressWatcher(
      SseEmitter emitter, Instant until, Executor senders, Consumer<ProgressWatcher> gone) {
    this.emitter = emitter;
    this.until = until;
    this.senders = senders;
    this.gone = gone;
  }

  boolean isOver(Instant now) {
    return !now.isBefore(until);
  }

  /** Sends a state unless it equals the one before. */
  synchronized void offer(State state) {
    if (offered == null || !state.sameAs(offered)) {
      offered = state;
      wake();
    }
  }

  /** Sends a comment, which fails if the client has disconnected. */
  synchronized void beat() {
    heartbeat = true;
    wake();
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

  /** The next event to send; null for none. */
  private synchronized SseEmitter.SseEventBuilder take() {
    SseEmitter.SseEventBuilder next = null;
    if (offered != sent) {
      Event event = offered.since(sent);
      sent = offered;
      last = event.last();
      next = SseEmitter.event().data(event.json(), MediaType.APPLICATION_JSON);
      next = event.id() == null ? next : next.id(event.id());
    } else if (heartbeat) {
      next = SseEmitter.event().comment("still here");
    }
    heartbeat = false;
    sending = next != null;
    return next;
  }

  private void send() {
    try {
      for (var event = take(); event != null; event = take()) {
        emitter.send(event);
        if (last) {
          close();
        }
      }
    } catch (IOException | IllegalStateException e) {
      // The client has disconnected; the container ends the request.
      gone.accept(this);
    }
  }

  /** Ends the stream. */
  void close() {
    gone.accept(this);
    emitter.complete();
  }
}
