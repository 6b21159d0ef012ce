package org.kintell.backfill.job.run;

import com.google.common.base.Throwables;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.SQLException;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.kintell.backfill.database.SqlStates;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.UnknownZoneException;
import org.kintell.backfill.log.HeapShortage;
import org.kintell.backfill.store.ChangedObjectException;
import org.kintell.backfill.store.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.stereotype.Component;

/**
 * Classifies failures as transient or permanent; a permanent one fails the job. Takes the exception
 * as it was caught, because {@code @ExchangeException} gives its innermost cause only.
 */
@Component
public class FailureClassifier {

  private static final Logger LOG = LoggerFactory.getLogger(FailureClassifier.class);

  /** About a second and a half. */
  private static final int STORE_ATTEMPTS = 3;

  private final JobRepository jobs;

  FailureClassifier(JobRepository jobs) {
    this.jobs = jobs;
  }

  /** Whether trying again may succeed. */
  public boolean isTransient(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown) {
    return SqlStates.isHidden(thrown)
        || Throwables.getCausalChain(thrown).stream()
            .anyMatch(
                cause ->
                    cause instanceof OptimisticLockingFailureException
                        || cause instanceof StoreUnavailableException
                        || (cause instanceof SQLException sql && SqlStates.isTransient(sql)));
  }

  /**
   * Whether to try a chunk again here. While this process does not reach the object store, another
   * one may: it gets the chunk back after some attempts.
   *
   * @param attempts how often it was tried again
   */
  public boolean isTriedAgain(
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown,
      @Header(Exchange.REDELIVERY_COUNTER) Integer attempts) {
    return isTransient(thrown)
        && (attempts == null || attempts < STORE_ATTEMPTS || !isStoreAway(thrown));
  }

  static boolean isStoreAway(Throwable thrown) {
    return Throwables.getCausalChain(thrown).stream()
        .anyMatch(StoreUnavailableException.class::isInstance);
  }

  /** Fails a job that cannot be finished, or of which a chunk cannot be loaded. */
  public void failJob(
      @ExchangeProperty("jobId") UUID jobId,
      @ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown) {
    if (jobId == null) {
      if (HeapShortage.isReasonFor(thrown)) {
        HeapShortage.log(thrown);
      } else {
        LOG.error("No chunk can be claimed: {}", reason(thrown));
      }
      return;
    }
    if (isTransient(thrown)) {
      // This process stops, or does not reach the object store. Another one continues the job.
      return;
    }
    String message =
        "%s. %s, then call resume: the job continues where it stopped."
            .formatted(reason(thrown), advice(thrown));
    if (jobs.fail(jobId, message)) {
      LOG.error("Job failed, jobId: {}: {}", jobId, message, isForeseen(thrown) ? null : thrown);
    }
  }

  /** Messages of the database and the file system, and a lack of memory, need no stack trace. */
  public static boolean isForeseen(Throwable thrown) {
    return Throwables.getCausalChain(thrown).stream()
        .anyMatch(
            cause ->
                cause instanceof SQLException
                    || cause instanceof OutOfMemoryError
                    || cause instanceof IOException
                    || cause instanceof UnloadableChunkException
                    || cause instanceof UnknownZoneException);
  }

  private static String advice(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnloadableChunkException) {
        return UnloadableChunkException.ADVICE;
      }
      if (cause instanceof UnknownZoneException) {
        return UnknownZoneException.ADVICE;
      }
      if (cause instanceof OutOfMemoryError) {
        return HeapShortage.ADVICE;
      }
      if (cause instanceof ChangedObjectException) {
        return "The stored file was replaced: send it once more with resume";
      }
      if (cause instanceof NoSuchFileException) {
        return "The stored file is gone: send it once more with resume";
      }
    }
    return SqlStates.advice(thrown);
  }

  /** The first line of the innermost cause's message. */
  public static String reason(@ExchangeProperty(Exchange.EXCEPTION_CAUGHT) Throwable thrown) {
    return HeapShortage.isReasonFor(thrown)
        ? HeapShortage.describe(thrown)
        : SqlStates.describe(thrown);
  }
}
