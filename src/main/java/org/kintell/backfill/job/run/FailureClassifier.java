package org.kintell.backfill.job.run;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.JobRepository;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionSystemException;

/**
 * Classifies failures as transient or permanent; a permanent one fails the job. Takes the exception
 * as it was caught, because {@code @ExchangeException} gives its innermost cause only.
 */
@Component
public class FailureClassifier {

  private static final Logger LOG = LoggerFactory.getLogger(FailureClassifier.class);

  /** Connection failures, and transactions rolled back because of concurrent ones. */
  private static final Set<String> TRANSIENT_CLASSES = Set.of("08", "40");

  /**
   * Too many connections; a lock; a server that shuts down, crashed, or starts; timeouts; and a
   * server that takes no writes, as during a failover, when no job could be failed either.
   */
  private static final Set<String> TRANSIENT_STATES =
      Set.of("53300", "55P03", "57P01", "57P02", "57P03", "57P05", "25P03", "25006");

  /** What an operator can do about a permanent failure, by SQLSTATE or its class. */
  private static final Map<String, String> ADVICE =
      Map.of(
          "53100", "The disk of the database is full: make room",
          "53200",
              "The database is out of memory: give it more; of shared memory: raise max_locks_per_transaction",
          "57014",
              "The statement was cancelled by statement_timeout or by a person, though the service sets statement_timeout to 0: find out what cancels it",
          "42501", "Grant the database user what it lacks",
          "28", "Correct user and password in DATABASE_URL and restart the service",
          "42", "The tables are not as the service left them: restore them",
          "23",
              "A constraint or trigger that was added refuses what the service writes into its own tables: remove it");

  private final JobRepository jobs;
  private final JobRuns runs;

  FailureClassifier(JobRepository jobs, JobRuns runs) {
    this.jobs = jobs;
    this.runs = runs;
  }

  /** Whether trying again may succeed. */
  public boolean isTransient(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof OptimisticLockingFailureException
          || cause instanceof SQLTransientConnectionException) {
        return true;
      }
      if (cause instanceof SQLException sql && isTransient(sql.getSQLState())) {
        return true;
      }
      if (cause instanceof TransactionSystemException lost && hasNoState(lost.getCause())) {
        return true;
      }
    }
    return false;
  }

  /** A rollback on a connection that the pool has discarded hides why it was discarded. */
  private static boolean hasNoState(Throwable cause) {
    return cause instanceof SQLException sql && sql.getSQLState() == null;
  }

  private static boolean isTransient(String state) {
    return state != null
        && (TRANSIENT_STATES.contains(state)
            || (state.length() == 5 && TRANSIENT_CLASSES.contains(state.substring(0, 2))));
  }

  /** Fails the job of a chunk that cannot be loaded, and frees the chunk's loader in any case. */
  public void failJob(
      @ExchangeProperty("ref") ChunkRef chunk,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown) {
    try {
      fail(chunk.jobId(), thrown);
    } finally {
      runs.chunkDone(chunk);
    }
  }

  /** Fails a job that cannot be run. */
  public void failRun(
      @ExchangeProperty("jobId") UUID jobId,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown) {
    fail(jobId, thrown);
  }

  private void fail(UUID jobId, Throwable thrown) {
    runs.stop(jobId);
    if (isTransient(thrown)) {
      // It was not tried again because this process stops. Another process continues the job.
      return;
    }
    String message =
        "%s. %s, then call resume: the job continues where it stopped."
            .formatted(reason(thrown), advice(thrown));
    if (jobs.fail(jobId, message)) {
      LOG.error("Job failed, jobId: {}: {}", jobId, message, isForeseen(thrown) ? null : thrown);
    }
  }

  /** Messages of the database and the file system need no stack trace. */
  private static boolean isForeseen(Throwable thrown) {
    return Throwables.getCausalChain(thrown).stream()
        .anyMatch(
            cause ->
                cause instanceof SQLException
                    || cause instanceof IOException
                    || cause instanceof UnloadableChunkException);
  }

  private static String advice(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnloadableChunkException) {
        return UnloadableChunkException.ADVICE;
      }
      if (cause instanceof NoSuchFileException) {
        return "The stored file is gone: send it once more with resume";
      }
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        String byClass = ADVICE.getOrDefault(state.substring(0, 2), "Fix the cause");
        return ADVICE.getOrDefault(state, byClass);
      }
    }
    return "Fix the cause";
  }

  /** The first line of the innermost cause's message. */
  public static String reason(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown) {
    Throwable cause = thrown;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String text =
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    String line = text.lines().findFirst().orElse(text);
    return line.endsWith(".") ? line.substring(0, line.length() - 1) : line;
  }
}
