package org.kintell.backfill.job.run;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.ImmutableSetMultimap;
import com.google.common.collect.Multimaps;
import com.google.common.collect.SetMultimap;
import java.util.HashSet;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.springframework.stereotype.Component;

/**
 * Notifies requests that wait for the end of a job. It queries the database, once for all of them,
 * so it does not matter which process runs the job or whether somebody ended it by hand.
 */
@Component
public class JobWatch {

  private final JobRepository jobs;
  private final SetMultimap<UUID, CompletableFuture<Job>> waiting =
      Multimaps.synchronizedSetMultimap(HashMultimap.create());

  JobWatch(JobRepository jobs) {
    this.jobs = jobs;
  }

  /**
   * Completes with the job when it is over, or fails when it was deleted. Cancel it to stop
   * waiting.
   */
  public CompletableFuture<Job> whenOver(UUID jobId) {
    CompletableFuture<Job> future = new CompletableFuture<>();
    waiting.put(jobId, future);
    future.whenComplete((job, failure) -> waiting.remove(jobId, future));
    return future;
  }

  /** How many requests wait. */
  public int watchers() {
    return waiting.size();
  }

  /** Checks whether the jobs waited for are over or were deleted. */
  public void check() {
    SetMultimap<UUID, CompletableFuture<Job>> asked = asked();
    if (asked.isEmpty()) {
      return;
    }
    Set<UUID> gone = new HashSet<>(asked.keySet());
    for (Job job : jobs.findAll(asked.keySet())) {
      gone.remove(job.id());
      if (job.status().isOver()) {
        asked.get(job.id()).forEach(future -> future.complete(job));
      }
    }
    for (UUID jobId : gone) {
      asked
          .get(jobId)
          .forEach(
              future -> future.completeExceptionally(new NoSuchElementException("job " + jobId)));
    }
  }

  /** A copy: a request that comes later must not get the state queried before it came. */
  private SetMultimap<UUID, CompletableFuture<Job>> asked() {
    synchronized (waiting) {
      return ImmutableSetMultimap.copyOf(waiting);
    }
  }
}
