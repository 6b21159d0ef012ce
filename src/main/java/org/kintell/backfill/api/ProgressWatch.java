package org.kintell.backfill.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.hash.Hashing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Tells those who watch jobs what changed. One look into the database serves all of them, however
 * many they are and whichever process runs the jobs.
 */
@Component
public class ProgressWatch {

  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** A client that does not read holds up one of them, until its connection is given up. */
  private static final int SENDERS = 8;

  private final JobRepository jobs;
  private final JobRequests requests;
  private final ObjectMapper json;
  private final ExecutorService senders = senders();
  private final Map<UUID, Set<ProgressWatcher>> watchers = new ConcurrentHashMap<>();
  private volatile long lastHeartbeat = System.nanoTime();

  ProgressWatch(JobRepository jobs, JobRequests requests, ObjectMapper json, MeterRegistry meters) {
    Gauge.builder("kintell.progress.watchers", this, ProgressWatch::watching)
        .description("Clients that watch the progress of a job")
        .register(meters);
    this.jobs = jobs;
    this.requests = requests;
    this.json = json;
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

  /** The event that tells of a job as it was looked up. */
  ProgressEvent event(Job job) {
    try {
      JobDocument document = requests.documentOf(job);
      ObjectNode lasting = json.<ObjectNode>valueToTree(document).remove(Pace.FIELDS);
      String id =
          Hashing.murmur3_128().hashString(lasting.toString(), StandardCharsets.UTF_8).toString();
      return new ProgressEvent(id, json.writeValueAsString(document), job.status().isOver());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A stream of what changes about a job from an event on. */
  SseEmitter follow(UUID jobId, ProgressEvent now) {
    // No timeout: it ends with the job, or when the client hangs up.
    SseEmitter emitter = new SseEmitter(0L);
    ProgressWatcher watcher = new ProgressWatcher(emitter, senders, gone -> forget(jobId, gone));
    emitter.onCompletion(() -> forget(jobId, watcher));
    watchers.computeIfAbsent(jobId, id -> ConcurrentHashMap.newKeySet()).add(watcher);
    watcher.offer(now);
    return emitter;
  }

  private void forget(UUID jobId, ProgressWatcher watcher) {
    watchers.computeIfPresent(
        jobId,
        (id, watching) -> {
          watching.remove(watcher);
          return watching.isEmpty() ? null : watching;
        });
  }

  /** Looks what became of the jobs that are watched, and tells those who watch them. */
  public void tell() {
    if (watchers.isEmpty()) {
      return;
    }
    if (System.nanoTime() - lastHeartbeat > HEARTBEAT.toNanos()) {
      lastHeartbeat = System.nanoTime();
      all(ProgressWatcher::beat);
    }
    for (Job job : jobs.findAll(List.copyOf(watchers.keySet()))) {
      ProgressEvent event = event(job);
      Set.copyOf(watchers.getOrDefault(job.id(), Set.of())).forEach(w -> w.offer(event));
    }
  }

  /** How many clients watch. */
  public int watching() {
    return watchers.values().stream().mapToInt(Set::size).sum();
  }

  private void all(Consumer<ProgressWatcher> action) {
    watchers.values().forEach(watching -> Set.copyOf(watching).forEach(action));
  }

  /** Open streams would hold up the stop of the web server. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    all(ProgressWatcher::close);
    senders.shutdown();
  }
}
