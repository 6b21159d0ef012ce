package org.kintell.backfill.http.problem;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.RateLimiter;
import java.io.IOException;
import java.sql.SQLException;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.database.DatabaseMonitor;
import org.kintell.backfill.folder.DiskRoom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/** Which problem document answers which exception; and the answer itself, at the end of a route. */
@Component
public class Problems implements Processor {

  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  /** The SQLSTATE of a database that cannot write (PostgreSQL manual, appendix A). */
  private static final String DISK_FULL = "53100";

  /** One in ten seconds: while a table is locked, every request would write one. */
  private static final RateLimiter TIMEOUT_LINES = RateLimiter.create(0.1);

  private static final String RETRY_AFTER_SECONDS = "5";

  /** The same of one that is read only, as a standby is. */
  private static final String READ_ONLY = "25006";

  private final DatabaseMonitor database;
  private final DiskRoom disks;

  Problems(DatabaseMonitor database, DiskRoom disks) {
    this.database = database;
    this.disks = disks;
  }

  /** The answer to an exception; never its stack trace. */
  Problem of(Throwable thrown) {
    if (thrown instanceof ProblemException known) {
      return known.problem();
    }
    if (thrown instanceof RefusedException refused) {
      return Problem.of(refused.status(), refused.type(), refused.title(), refused.getMessage());
    }
    if (thrown instanceof UnusableFileException unusable) {
      boolean tooLarge = unusable.reason() == UnusableFileException.Reason.TOO_LARGE;
      return Problem.of(
          tooLarge ? HttpStatus.PAYLOAD_TOO_LARGE : HttpStatus.BAD_REQUEST,
          unusable.reason().identifier(),
          tooLarge ? "File too large" : "File cannot be used",
          unusable.getMessage());
    }
    if (thrown instanceof ErasureRefusedException refused) {
      String detail = refused.getMessage();
      return switch (refused.reason()) {
        case NO_ADDRESS ->
            Problem.of(HttpStatus.BAD_REQUEST, "invalid-email", "No valid address", detail);
        case NOT_OVER -> Problem.of(HttpStatus.CONFLICT, "job-not-over", "Job not over", detail);
        case RUNNING ->
            Problem.of(HttpStatus.CONFLICT, "erasure-running", "Erasure running", detail);
      };
    }
    if (thrown instanceof KeyReusedException) {
      return Problem.of(
          HttpStatus.UNPROCESSABLE_ENTITY,
          "idempotency-key-reused",
          "Key belongs to another file",
          thrown.getMessage());
    }
    if (thrown instanceof RejectsTakenException taken) {
      return ProblemException.nothingToRetry(taken.parentJobId(), "").problem();
    }
    if (hasState(thrown, READ_ONLY)) {
      LOG.debug("The database takes no writes: {}", thrown.getMessage());
      return databaseUnavailable(
          "The database takes no writes. Nothing was lost; have its operator see to it, and try again.");
    }
    if (hasState(thrown, DISK_FULL)) {
      LOG.error("The disk of the database is full: {}", thrown.getMessage());
      return diskFull("The database has no room left. Have its operator make some, and try again.");
    }
    if (thrown instanceof QueryTimeoutException) {
      if (!database.isOutage(thrown) && TIMEOUT_LINES.tryAcquire()) {
        LOG.warn(
            "Request refused: its query took longer than BACKFILL_REQUEST_TIMEOUT or"
                + " BACKFILL_VERIFY_TIMEOUT allows, or waited for a lock");
      }
      return Problem.of(
          HttpStatus.SERVICE_UNAVAILABLE,
          "database-timeout",
          "Database too slow",
          "The database did not answer in time. Nothing was changed. Retry after the number of"
              + " seconds in Retry-After.");
    }
    if (isDatabaseAway(thrown)) {
      // An outage is logged once, by DatabaseMonitor, and not for each request.
      boolean known = database.isOutage(thrown);
      LOG.debug("Database cannot be reached, known: {}: {}", known, thrown.getMessage());
      return databaseUnavailable(database.explain() + " Nothing was lost; try again in a moment.");
    }
    if (isDiskFull(thrown)) {
      disks.refused();
      return diskFull(
          "The service has no room for the file. Have its operator make some, and send it again.");
    }
    LOG.error("Request failed unexpectedly", thrown);
    return Problem.of(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "internal-error",
        "Internal error",
        "Something unexpected went wrong. The service's log says what; try again, or report it.");
  }

  /** What passes by itself is worth another try. */
  static HttpHeaders headers(int status) {
    HttpHeaders headers = new HttpHeaders();
    if (status == HttpStatus.SERVICE_UNAVAILABLE.value()) {
      headers.set(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    return headers;
  }

  private static Problem databaseUnavailable(String detail) {
    return Problem.of(
        HttpStatus.SERVICE_UNAVAILABLE, "database-unavailable", "Database unavailable", detail);
  }

  private static Problem diskFull(String detail) {
    return Problem.of(HttpStatus.INSUFFICIENT_STORAGE, "disk-full", "Disk full", detail);
  }

  /** The JDK has no exception of its own for this; so the text of the operating system's error. */
  static boolean isDiskFull(Throwable thrown) {
    return Throwables.getCausalChain(thrown).stream()
        .anyMatch(
            cause ->
                cause instanceof IOException
                    && String.valueOf(cause.getMessage()).contains("No space left on device"));
  }

  private static boolean hasState(Throwable thrown, String state) {
    return Throwables.getCausalChain(thrown).stream()
        .anyMatch(cause -> cause instanceof SQLException sql && state.equals(sql.getSQLState()));
  }

  private static boolean isDatabaseAway(Throwable thrown) {
    return thrown instanceof CannotGetJdbcConnectionException
        || thrown instanceof CannotCreateTransactionException
        || thrown instanceof DataAccessResourceFailureException
        || thrown instanceof TransientDataAccessException;
  }

  @Override
  public void process(Exchange exchange) {
    Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    Problem problem = of(thrown);
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, problem.status());
    headers(problem.status())
        .forEach((name, values) -> exchange.getMessage().setHeader(name, values.get(0)));
    if (thrown instanceof RefusedException refused) {
      refused
          .headers()
          .forEach((name, values) -> exchange.getMessage().setHeader(name, values.get(0)));
    }
    exchange.getMessage().setBody(problem);
  }
}
