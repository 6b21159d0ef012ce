package org.kintell.backfill.start;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.InOtherThread;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds the completed jobs whose rejects were all imported later, for lists of jobs. The rejects
 * are counted only once later jobs have imported as many rows, in one statement for all jobs, and
 * again when these have imported or removed some.
 */
@Component
public class SettledJobs {

  private static final Logger LOG = LoggerFactory.getLogger(SettledJobs.class);
  private static final String SETTLED = SqlFile.read("start/settled-jobs");

  /** Sessions that are deleted in SQL change no count of a job. */
  private static final Duration TRUE_FOR = Duration.ofMinutes(10);

  /** A list does not wait longer. A million rejects take seconds. */
  private static final Duration PATIENCE = Duration.ofMillis(250);

  private static final int MOST = 10_000;

  private final JdbcClient jdbc;
  private final AsyncLoadingCache<Imported, Boolean> settled =
      Caffeine.newBuilder()
          .refreshAfterWrite(TRUE_FOR)
          .maximumSize(MOST)
          .executor(InOtherThread.pool("settled-jobs-", 1))
          .buildAsync(CacheLoader.<Imported, Boolean>bulk(this::count));

  SettledJobs(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * A job and how many rows later jobs have imported.
   *
   * @param rows not all of them need to be rejects of the job
   */
  private record Imported(UUID job, long rows) {

    static Imported of(Job job) {
      return new Imported(job.id(), job.importedLater());
    }
  }

  /** The ids of those that are known to have no open reject. */
  public Set<UUID> among(Collection<Job> jobs) {
    List<Imported> possible =
        jobs.stream().filter(SettledJobs::isPossible).map(Imported::of).toList();
    if (possible.isEmpty()) {
      return Set.of();
    }
    return known(possible).entrySet().stream()
        .filter(Map.Entry::getValue)
        .map(job -> job.getKey().job())
        .collect(Collectors.toSet());
  }

  private static boolean isPossible(Job job) {
    return job.status() == JobStatus.COMPLETED
        && job.failedRows() > 0
        && job.importedLater() >= job.failedRows();
  }

  /** All of them, or, if the database takes long, those that were counted before. */
  private Map<Imported, Boolean> known(List<Imported> jobs) {
    try {
      return settled.getAll(jobs).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      LOG.debug("Open rejects are still being counted");
    } catch (ExecutionException e) {
      LOG.debug("Open rejects cannot be counted", e);
    }
    return jobs.stream()
        .distinct()
        .collect(Collectors.toMap(Function.identity(), this::isKnownAsSettled));
  }

  private boolean isKnownAsSettled(Imported job) {
    var count = settled.getIfPresent(job);
    return count != null && !count.isCompletedExceptionally() && count.getNow(false);
  }

  private Map<Imported, Boolean> count(Set<? extends Imported> jobs) {
    Set<UUID> found =
        jdbc
            .sql(SETTLED)
            .param("jobs", jobs.stream().map(Imported::job).toArray(UUID[]::new))
            .query(UUID.class)
            .list()
            .stream()
            .collect(Collectors.toSet());
    return jobs.stream()
        .collect(Collectors.toMap(Function.identity(), job -> found.contains(job.job())));
  }
}
