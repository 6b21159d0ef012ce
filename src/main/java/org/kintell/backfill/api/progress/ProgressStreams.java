package org.kintell.backfill.api.progress;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.kintell.backfill.config.HeapShare;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.http.security.BrowserSession;
import org.kintell.backfill.job.InOtherThread;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.server.resource.authentication.AbstractOAuth2TokenAuthenticationToken;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The open streams of all clients that watch: their limit, their heartbeat and their threads. */
@Component
class ProgressStreams {

  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  /** A client that does not read blocks one of these threads until its connection is cut. */
  private static final int SENDERS = 8;

  /** So long after its end, because clocks differ, requests with a token are still accepted. */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final int most;
  private final Counter refused;
  private final ExecutorService senders = InOtherThread.pool("progress-", SENDERS);
  private final Set<ProgressWatcher> open = ConcurrentHashMap.newKeySet();
  private volatile long lastHeartbeat = System.nanoTime();

  ProgressStreams(LimitSettings limits, MeterRegistry meters) {
    Gauge.builder("kintell.progress.watchers", open, Set::size)
        .description("Clients that watch the progress of a job or of the list")
        .register(meters);
    this.refused =
        Counter.builder("kintell.progress.refused")
            .description("Clients that were refused because as many as may be watched already")
            .register(meters);
    this.most = HeapShare.limit(limits.maxWatchers(), LimitSettings.HEAP_PER_WAITING);
  }

  /**
   * Checks that one more client may watch. Simultaneous requests may all pass.
   *
   * @throws ApiException if too many clients watch
   */
  void requireRoom() {
    if (open.size() >= most) {
      refused.increment();
      throw new ApiException(ProblemType.TOO_MANY_WATCHERS)
          .retryAfter(RETRY_AFTER)
          .closingConnection();
    }
  }

  /**
   * Opens a stream for the caller of this request.
   *
   * @param emitter the stream, without a timeout: it ends when the client disconnects, or before
   * @param gone called when it has ended, perhaps twice
   */
  ProgressWatcher open(SseEmitter emitter, Consumer<ProgressWatcher> gone) {
    Consumer<ProgressWatcher> forget =
        watcher -> {
          open.remove(watcher);
          gone.accept(watcher);
        };
    ProgressWatcher watcher = new ProgressWatcher(emitter, end(), senders, forget);
    emitter.onCompletion(() -> forget.accept(watcher));
    open.add(watcher);
    return watcher;
  }

  /**
   * When a request of the caller would no longer be accepted: at the end of the session in the
   * console, or of the token. A key has no end.
   */
  private static Instant end() {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    if (caller instanceof AbstractOAuth2TokenAuthenticationToken<?> token) {
      Instant end = token.getToken().getExpiresAt();
      return end == null ? Instant.MAX : end.plus(SKEW);
    }
    return caller != null && caller.getDetails() instanceof BrowserSession session
        ? session.until()
        : Instant.MAX;
  }

  /** The answer with a stream. */
  static ResponseEntity<SseEmitter> answer(SseEmitter emitter) {
    return ResponseEntity.ok()
        .cacheControl(CacheControl.noStore())
        // Keeps proxies from buffering events.
        .header("X-Accel-Buffering", "no")
        .body(emitter);
  }

  /**
   * Ends streams whose sessions or tokens are over, and sends each client a comment every ten
   * seconds.
   */
  void beat() {
    Instant now = Instant.now();
    for (ProgressWatcher watcher : open) {
      if (watcher.isOver(now) && open.remove(watcher)) {
        end(watcher);
      }
    }
    if (System.nanoTime() - lastHeartbeat > HEARTBEAT.toNanos()) {
      lastHeartbeat = System.nanoTime();
      open.forEach(ProgressWatcher::beat);
    }
  }

  /** Ends a stream in a sender's thread, because the client may not read. */
  void end(ProgressWatcher watcher) {
    senders.execute(watcher::close);
  }

  /** Ends all streams, which would delay the shutdown. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    open.forEach(this::end);
    senders.shutdown();
  }
}
