package org.kintell.backfill.job;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * Tells those who wait for the end of a job. It looks into the database, for all of them at once,
 * so it does not matter which process ran the job or who ended it by hand.
 */
@Component
public class JobWatch {

  private final JobRepository jobs;
  private final Map<UUID, Set<CompletableFuture<Job>>> waiting = new ConcurrentHashMap<>();

  JobWatch(JobRepository jobs) {
    this.jobs = jobs;
  }

  /**
   * Completes with the job when it is over, or fails when it is gone. To be cancelled by whoever no
   * longer waits.
   */
  public CompletableFuture<Job> whenOver(UUID jobId) {
    CompletableFuture<Job> future = new CompletableFuture<>();
    waiting.computeIfAbsent(jobId, id -> ConcurrentHashMap.newKeySet()).add(future);
    future.whenComplete((job, failure) -> forget(jobId, future));
    return future;
  }

  /** How many wait for jobs now. */
  public int watchers() {
    return waiting.values().stream().mapToInt(Set::size).sum();
  }

  private void forget(UUID jobId, CompletableFuture<Job> future) {
    waiting.computeIfPresent(
        jobId,
        (id, futures) -> {
          futures.remove(future);
          return futures.isEmpty() ? null : futures;
        });
  }

  /** Looks whether jobs that somebody waits for are over, or were deleted. */
  public void check() {
    if (waiting.isEmpty()) {
      return;
    }
    List<UUID> asked = List.copyOf(waiting.keySet());
    Set<UUID> gone = new HashSet<>(asked);
    for (Job job : jobs.findAll(asked)) {
      gone.remove(job.id());
      if (job.status().isOver()) {
        List.copyOf(waiting.getOrDefault(job.id(), Set.of())).forEach(f -> f.complete(job));
      }
    }
    for (UUID jobId : gone) {
      List.copyOf(waiting.getOrDefault(jobId, Set.of()))
          .forEach(f -> f.completeExceptionally(new NoSuchElementException("job " + jobId)));
    }
  }
}
