package org.kintell.backfill.job.run;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.log.Outage;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Logs when a job of this process stands still, and when it moves again. */
@Component
public class StandstillLog {

  /** Longer than a large chunk takes. */
  private static final Duration STILL = Duration.ofSeconds(30);

  private final JobRuns runs;
  private final JobRepository jobs;
  private final Standstill standstill;
  private final Duration still;
  private final Map<UUID, Watched> watched = new HashMap<>();

  @Autowired
  StandstillLog(JobRuns runs, JobRepository jobs, Standstill standstill) {
    this(runs, jobs, standstill, STILL);
  }

  /** With another time after which a job without progress stands still. */
  StandstillLog(JobRuns runs, JobRepository jobs, Standstill standstill, Duration still) {
    this.runs = runs;
    this.jobs = jobs;
    this.standstill = standstill;
    this.still = still;
  }

  /**
   * A job that runs.
   *
   * @param progress when its last chunk was loaded
   * @param since when this progress was first seen, in nanoseconds; a job that is resumed after
   *     days has not stood still for days
   */
  private record Watched(Instant progress, long since, Outage outage) {

    boolean isOlderThan(Duration age) {
      return System.nanoTime() - since > age.toNanos();
    }
  }

  /** Checks the jobs that run here. */
  public synchronized void watch() {
    List<UUID> here = runs.here();
    List<Job> found = here.isEmpty() ? List.of() : jobs.findAll(here);
    Map<UUID, Job> running =
        found.stream()
            .filter(job -> job.status() == JobStatus.RUNNING)
            .collect(Collectors.toMap(Job::id, job -> job));
    watched.entrySet().removeIf(entry -> isOver(entry.getValue(), running.get(entry.getKey())));
    running.values().forEach(this::watch);
  }

  private static boolean isOver(Watched known, Job job) {
    boolean over = job == null || !Objects.equals(known.progress, job.times().lastProgressAt());
    if (over) {
      known.outage.works();
    }
    return over;
  }

  private void watch(Job job) {
    Watched known = watched.computeIfAbsent(job.id(), id -> begin(job));
    if (known.isOlderThan(still) && !known.outage.isOn()) {
      String reason = standstill.reason(job);
      if (reason != null) {
        known.outage.fails("it waits for " + reason);
      }
    }
  }

  private static Watched begin(Job job) {
    Outage outage =
        new Outage(
            "Job stands still, jobId: %s,".formatted(job.id()),
            "It goes on by itself when that is over",
            "Job no longer stands still, jobId: %s,".formatted(job.id()),
            Duration.ZERO);
    return new Watched(job.times().lastProgressAt(), System.nanoTime(), outage);
  }
}
