package org.kintell.backfill.api.progress;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.Sets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.kintell.backfill.api.JobQueries;
import org.kintell.backfill.api.progress.ProgressWatcher.Event;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.job.JobStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Sends changes of the list of jobs to the clients that watch it, with one query for all clients
 * and jobs, and none without clients.
 */
@Component
public class ListWatch {

  private static final String WATCH = SqlFile.read("api/progress/watch-list");

  /** The default page size of the list. */
  private static final int NEWEST = 50;

  private static final int WAITING = 100;

  private final JdbcClient jdbc;
  private final JobQueries requests;
  private final ObjectMapper json;
  private final ProgressStreams streams;
  private final Set<ProgressWatcher> watchers = ConcurrentHashMap.newKeySet();

  /** Jobs that may change or be deleted before the next tick. */
  private Set<UUID> followed = Set.of();

  /** Jobs that were deleted while a client watched. */
  private Set<UUID> deleted = Set.of();

  ListWatch(JdbcClient jdbc, JobQueries requests, ObjectMapper json, ProgressStreams streams) {
    this.jdbc = jdbc;
    this.requests = requests;
    this.json = json;
    this.streams = streams;
  }

  /** A stream of the list's changes. It begins with the whole list, at the next tick. */
  SseEmitter follow() {
    SseEmitter emitter = new SseEmitter(0L);
    watchers.add(streams.open(emitter, watchers::remove));
    return emitter;
  }

  /** Reads the jobs of the list and sends the changes. */
  public synchronized void tell() {
    List<ProgressWatcher> watching = List.copyOf(watchers);
    if (watching.isEmpty()) {
      followed = Set.of();
      deleted = Set.of();
      return;
    }
    ListState now = lookUp();
    watching.forEach(watcher -> watcher.offer(now));
  }

  private ListState lookUp() {
    List<Job> found = new ArrayList<>();
    Set<UUID> next = new LinkedHashSet<>();
    String[] totals = new String[1];
    jdbc.sql(WATCH)
        .param("newest", NEWEST)
        .param("waiting", WAITING)
        .param("followed", followed.toArray(UUID[]::new))
        .query(
            row -> {
              totals[0] = totals(row);
              if (row.getObject("id") != null) {
                Job job = Job.map(row, found.size());
                // The newest come first.
                if (found.size() < NEWEST || isMoving(job)) {
                  next.add(job.id());
                }
                found.add(job);
              }
            });
    Map<UUID, Event> jobs = new LinkedHashMap<>();
    for (JobDocument document : requests.listedDocumentsOf(found)) {
      jobs.put(document.jobId(), ProgressWatch.event(document, false, json));
    }
    deleted = union(deleted, Sets.difference(followed, jobs.keySet()));
    followed = next;
    return new ListState(totals[0], jobs, next, deleted);
  }

  private static Set<UUID> union(Set<UUID> some, Set<UUID> others) {
    return others.isEmpty() ? some : Set.copyOf(Sets.union(some, others));
  }

  private static boolean isMoving(Job job) {
    return job.isWaiting() || !job.status().isOver() && job.status() != JobStatus.PENDING;
  }

  private static String totals(ResultSet row) throws SQLException {
    return "\"running\":%d,\"waiting\":%d,\"eventsPending\":%d"
        .formatted(
            row.getLong("running"), row.getLong("waiting"), row.getLong("all_events_pending"));
  }
}
