package org.kintell.backfill.job.run;

import java.util.List;
import java.util.UUID;
import org.apache.camel.Body;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.JobLog;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobScoped;
import org.kintell.backfill.job.Ownership;
import org.kintell.backfill.trail.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The jobs that are to run, and what each of them needs next. */
@Repository
public class JobRuns {

  private static final Logger LOG = LoggerFactory.getLogger(JobRuns.class);

  private static final String BEGIN = SqlFile.read("job/begin-jobs");
  private static final String RUNNING = SqlFile.read("job/running-jobs");
  private static final String HERE =
      "SELECT id FROM backfill_jobs WHERE status = 'running' AND owner = :owner";

  private final JobRepository jobs;
  private final JdbcClient jdbc;
  private final Ownership ownership;
  private final Loaders loaders;
  private final Activity activity;
  private final int most;
  private volatile boolean loading;

  JobRuns(
      JobRepository jobs,
      JdbcClient jdbc,
      Ownership ownership,
      Loaders loaders,
      Activity activity,
      BackfillSettings settings) {
    this.jobs = jobs;
    this.jdbc = jdbc;
    this.ownership = ownership;
    this.loaders = loaders;
    this.activity = activity;
    this.most = settings.maxConcurrentJobs();
  }

  /**
   * A running job.
   *
   * @param step what it needs of this process: {@code load}, {@code help} where another process
   *     runs it, {@code stop} or {@code finish}
   * @param free whether a chunk of it waits for a loader
   * @param reported whether this process reports its progress
   * @param budgeted whether it has an error budget that is not spent
   */
  public record RunningJob(
      UUID jobId, String step, boolean free, boolean reported, boolean budgeted)
      implements JobScoped {

    boolean isLoading() {
      return step.equals("load") || step.equals("help");
    }
  }

  /** Asks for a job to run; false when it waits or runs already, or is over. */
  public boolean enqueue(@Body UUID jobId) {
    boolean queued = jobs.enqueue(jobId);
    if (queued) {
      LOG.info("Job queued, jobId: {}, by {}", jobId, Actor.current());
    }
    return queued;
  }

  /** Begins the jobs whose turn it is, and takes over those whose process is gone. */
  public void begin() {
    jdbc.sql(BEGIN)
        .param("owner", ownership.number())
        .param("most", most)
        .param("closing", loaders.areClosing())
        .query(
            row -> {
              String id = row.getString("id");
              JobLog.of(LOG.atInfo(), id)
                  .log(
                      row.getBoolean("taken_over")
                          ? "Job taken over, jobId: {}"
                          : "Job running, jobId: {}, {}",
                      id,
                      Quantity.of(row.getLong("total_rows"), "row"));
            });
  }

  /** The running jobs, whichever process runs them. */
  public List<RunningJob> running() {
    List<RunningJob> running =
        jdbc.sql(RUNNING)
            .param("owner", ownership.number())
            .query(
                (row, number) ->
                    new RunningJob(
                        row.getObject("id", UUID.class),
                        row.getString("step"),
                        row.getBoolean("free"),
                        row.getBoolean("reported"),
                        row.getBoolean("budgeted")))
            .list();
    loading = running.stream().anyMatch(RunningJob::isLoading);
    if (!running.isEmpty()) {
      activity.notice();
    }
    return running;
  }

  /** Whether chunks of any job were to be loaded, by whichever process, a quarter second ago. */
  public boolean areLoading() {
    return loading;
  }

  /** The jobs that this process runs. */
  List<UUID> here() {
    if (activity.isCalm()) {
      return List.of();
    }
    return jdbc.sql(HERE).param("owner", ownership.number()).query(UUID.class).list();
  }
}
