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
 * Tells those who wait for the end of a job. It looks into the database, for all of them at once,
 * so it does not matter which process ran the job or who ended it by hand.
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
   * Completes with the job when it is over, or fails when it is gone. To be cancelled by whoever no
   * longer waits.
   */
  public CompletableFuture<Job> whenOver(UUID jobId) {
    CompletableFuture<Job> future = new CompletableFuture<>();
    waiting.put(jobId, future);
    future.whenComplete((job, failure) -> waiting.remove(jobId, future));
    return future;
  }

  /** How many wait for jobs now. */
  public int watchers() {
    return waiting.size();
  }

  /** Looks whether jobs that somebody waits for are over, or were deleted. */
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

  /** Those who wait now: what is looked up next may be old for whoever comes later. */
  private SetMultimap<UUID, CompletableFuture<Job>> asked() {
    synchronized (waiting) {
      return ImmutableSetMultimap.copyOf(waiting);
    }
  }
}
