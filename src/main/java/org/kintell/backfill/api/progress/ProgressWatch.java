package org.kintell.backfill.api.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.HashMultimap;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Multimaps;
import com.google.common.collect.SetMultimap;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.api.JobQueries;
import org.kintell.backfill.api.progress.ProgressWatcher.Event;
import org.kintell.backfill.api.progress.ProgressWatcher.State;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobThroughput;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends changes of jobs to the clients that watch them. One query serves all clients, for jobs of
 * all processes.
 */
@Component
public class ProgressWatch {

  private final JobRepository jobs;
  private final JobQueries requests;
  private final ObjectMapper json;
  private final ProgressStreams streams;
  private final SetMultimap<UUID, ProgressWatcher> watchers =
      Multimaps.synchronizedSetMultimap(HashMultimap.create());

  ProgressWatch(
      JobRepository jobs, JobQueries requests, ObjectMapper json, ProgressStreams streams) {
    this.jobs = jobs;
    this.requests = requests;
    this.json = json;
    this.streams = streams;
  }

  /** A job; its event is always the whole status object. */
  record JobState(Event event) implements State {

    @Override
    public boolean sameAs(State other) {
      return other instanceof JobState known && known.event.id().equals(event.id());
    }

    @Override
    public Event since(State known) {
      return event;
    }
  }

  /** The event for the current state of a job. */
  Event event(Job job) {
    return event(requests.documentOf(job), job.status().isOver(), json);
  }

  static Event event(JobDocument document, boolean last, ObjectMapper json) {
    try {
      ObjectNode lasting = json.<ObjectNode>valueToTree(document).remove(JobThroughput.FIELDS);
      String id =
          Hashing.murmur3_128().hashString(lasting.toString(), StandardCharsets.UTF_8).toString();
      return new Event(id, json.writeValueAsString(document), last);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A stream of a job's changes that begins with an event. */
  SseEmitter follow(UUID jobId, Event now) {
    SseEmitter emitter = new SseEmitter(0L);
    ProgressWatcher watcher = streams.open(emitter, gone -> watchers.remove(jobId, gone));
    watchers.put(jobId, watcher);
    watcher.offer(new JobState(now));
    return emitter;
  }

  /** Reads the watched jobs and sends the changes. */
  public void tell() {
    streams.beat();
    SetMultimap<UUID, ProgressWatcher> watched = watched();
    if (watched.isEmpty()) {
      return;
    }
    Set<UUID> gone = new HashSet<>(watched.keySet());
    for (Job job : jobs.findAll(watched.keySet())) {
      gone.remove(job.id());
      JobState state = new JobState(event(job));
      watched.get(job.id()).forEach(watcher -> watcher.offer(state));
    }
    // These jobs were deleted by hand: their streams end.
    gone.forEach(jobId -> watched.get(jobId).forEach(streams::end));
  }

  /** The current watchers; the next query may be too old for later ones. */
  private SetMultimap<UUID, ProgressWatcher> watched() {
    synchronized (watchers) {
      return ImmutableSetMultimap.copyOf(watchers);
    }
  }

  /** The number of clients that watch a job. */
  public int watching() {
    return watchers.size();
  }
}
