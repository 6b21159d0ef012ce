package org.kintell.backfill.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.HashMultimap;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Multimaps;
import com.google.common.collect.SetMultimap;
import com.google.common.hash.Hashing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.kintell.backfill.api.ProgressWatcher.Event;
import org.kintell.backfill.config.HeapShare;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobThroughput;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends changes of jobs to the clients that watch them. One query serves all clients, whichever
 * process runs the jobs.
 */
@Component
public class ProgressWatch {

  private static final Duration HEARTBEAT = Duration.ofSeconds(10);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  /** A client that does not read blocks one of these threads until its connection is cut. */
  private static final int SENDERS = 8;

  private final JobRepository jobs;
  private final JobQueries requests;
  private final ObjectMapper json;
  private final int most;
  private final ExecutorService senders = senders();
  private final SetMultimap<UUID, ProgressWatcher> watchers =
      Multimaps.synchronizedSetMultimap(HashMultimap.create());
  private volatile long lastHeartbeat = System.nanoTime();

  ProgressWatch(
      JobRepository jobs,
      JobQueries requests,
      ObjectMapper json,
      LimitSettings limits,
      MeterRegistry meters) {
    Gauge.builder("kintell.progress.watchers", this, ProgressWatch::watching)
        .description("Clients that watch the progress of a job")
        .register(meters);
    this.jobs = jobs;
    this.requests = requests;
    this.json = json;
    this.most = HeapShare.limit(limits.maxWatchers(), LimitSettings.HEAP_PER_WAITING);
  }

  private static ExecutorService senders() {
    CustomizableThreadFactory threads = new CustomizableThreadFactory("progress-");
    threads.setDaemon(true);
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            SENDERS, SENDERS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** The event for a job as it was looked up. */
  Event event(Job job) {
    try {
      JobDocument document = requests.documentOf(job);
      ObjectNode lasting = json.<ObjectNode>valueToTree(document).remove(JobThroughput.FIELDS);
      String id =
          Hashing.murmur3_128().hashString(lasting.toString(), StandardCharsets.UTF_8).toString();
      return new Event(id, json.writeValueAsString(document), job.status().isOver());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Checks that one more client may watch. Simultaneous requests may all pass.
   *
   * @throws ApiException if too many clients watch
   */
  void requireRoom() {
    if (watching() >= most) {
      throw new ApiException(ProblemType.TOO_MANY_WATCHERS)
          .retryAfter(RETRY_AFTER)
          .closingConnection();
    }
  }

  /** A stream of a job's changes that begins with an event. */
  SseEmitter follow(UUID jobId, Event now) {
    // No timeout: the stream ends with the job, or when the client hangs up.
    SseEmitter emitter = new SseEmitter(0L);
    ProgressWatcher watcher =
        new ProgressWatcher(emitter, senders, gone -> watchers.remove(jobId, gone));
    emitter.onCompletion(() -> watchers.remove(jobId, watcher));
    watchers.put(jobId, watcher);
    watcher.offer(now);
    return emitter;
  }

  /** Looks up the watched jobs and sends what changed. */
  public void tell() {
    SetMultimap<UUID, ProgressWatcher> watched = watched();
    if (watched.isEmpty()) {
      return;
    }
    if (System.nanoTime() - lastHeartbeat > HEARTBEAT.toNanos()) {
      lastHeartbeat = System.nanoTime();
      watched.values().forEach(ProgressWatcher::beat);
    }
    Set<UUID> gone = new HashSet<>(watched.keySet());
    for (Job job : jobs.findAll(watched.keySet())) {
      gone.remove(job.id());
      Event event = event(job);
      watched.get(job.id()).forEach(watcher -> watcher.offer(event));
    }
    // These jobs were deleted by hand: their streams end.
    gone.forEach(jobId -> watched.get(jobId).forEach(watcher -> senders.execute(watcher::close)));
  }

  /** The current watchers; the next query may be too old for later ones. */
  private SetMultimap<UUID, ProgressWatcher> watched() {
    synchronized (watchers) {
      return ImmutableSetMultimap.copyOf(watchers);
    }
  }

  /** The number of clients that watch. */
  public int watching() {
    return watchers.size();
  }

  /** Ends all streams, which would delay the stop; the senders do it, as a client may not read. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    watched().values().forEach(watcher -> senders.execute(watcher::close));
    senders.shutdown();
  }
}
