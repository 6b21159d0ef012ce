package org.kintell.backfill.job;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.Multimaps;
import com.google.common.collect.SetMultimap;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
    if (waiting.isEmpty()) {
      return;
    }
    List<UUID> asked = asked();
    Set<UUID> gone = new HashSet<>(asked);
    for (Job job : jobs.findAll(asked)) {
      gone.remove(job.id());
      if (job.status().isOver()) {
        waitingFor(job.id()).forEach(future -> future.complete(job));
      }
    }
    for (UUID jobId : gone) {
      waitingFor(jobId)
          .forEach(
              future -> future.completeExceptionally(new NoSuchElementException("job " + jobId)));
    }
  }

  private List<UUID> asked() {
    synchronized (waiting) {
      return List.copyOf(waiting.keySet());
    }
  }

  private List<CompletableFuture<Job>> waitingFor(UUID jobId) {
    synchronized (waiting) {
      return List.copyOf(waiting.get(jobId));
    }
  }
}
