package org.kintell.backfill.http.problem;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.DatabindException;
import com.google.common.base.Throwables;
import com.google.common.util.concurrent.RateLimiter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.apache.camel.CamelExecutionException;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.database.DatabaseMonitor;
import org.kintell.backfill.database.SqlStates;
import org.kintell.backfill.file.TooManyWorkbooksException;
import org.kintell.backfill.folder.DiskRoom;
import org.kintell.backfill.log.HeapShortage;
import org.kintell.backfill.store.StoreUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageConversionException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Answers every exception of a controller, or of a route that it called, with a problem document.
 */
@RestControllerAdvice
public class ProblemHandler extends ResponseEntityExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemHandler.class);

  /** At most one line in ten seconds: while a table is locked, every request would write one. */
  private static final RateLimiter TIMEOUT_LINES = RateLimiter.create(0.1);

  private static final Duration WORKBOOK_RETRY = Duration.ofSeconds(30);

  private final DatabaseMonitor database;
  private final DiskRoom disks;

  ProblemHandler(DatabaseMonitor database, DiskRoom disks) {
    this.database = database;
    this.disks = disks;
  }

  /**
   * @throws Exception the failure itself if a part of the answer is sent already: the connection is
   *     then closed, so that the client does not mistake the part for the whole
   */
  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> any(Exception e, HttpServletResponse response) throws Exception {
    if (UnfinishedAnswers.isHungUp(e)) {
      // It gets no answer.
      return null;
    }
    if (response.isCommitted()) {
      throw e;
    }
    return answer(of(e));
  }

  @ExceptionHandler(MultipartException.class)
  ResponseEntity<Object> damagedUpload(MultipartException e) {
    return answer(isDiskFull(e) ? of(e) : new ApiException(ProblemType.DAMAGED_UPLOAD));
  }

  /**
   * A body that cannot become what the request takes, whatever Jackson thinks of it. An answer that
   * cannot be written is this service's fault.
   */
  @ExceptionHandler(HttpMessageConversionException.class)
  ResponseEntity<Object> unreadableBody(
      HttpMessageConversionException e, HttpServletResponse response) throws Exception {
    boolean ofAnswer =
        e.getCause() instanceof DatabindException mapping
            && mapping.getProcessor() instanceof JsonGenerator;
    return ofAnswer ? any(e, response) : answer(new ApiException(ProblemType.UNREADABLE_BODY));
  }

  @Override
  protected ResponseEntity<Object> handleHttpMessageNotReadable(
      HttpMessageNotReadableException e,
      HttpHeaders headers,
      HttpStatusCode code,
      WebRequest request) {
    return answer(new ApiException(ProblemType.UNREADABLE_BODY));
  }

  @Override
  protected ResponseEntity<Object> handleMaxUploadSizeExceededException(
      MaxUploadSizeExceededException e,
      HttpHeaders headers,
      HttpStatusCode code,
      WebRequest request) {
    return answer(new ApiException(ProblemType.UPLOAD_TOO_LARGE));
  }

  @Override
  protected ResponseEntity<Object> handleExceptionInternal(
      Exception e, Object body, HttpHeaders headers, HttpStatusCode code, WebRequest request) {
    ApiException answer =
        new ApiException(Problem.of(code.value(), headers.getFirst(HttpHeaders.ALLOW)));
    answer.headers().addAll(headers);
    return answer(answer);
  }

  private static ResponseEntity<Object> answer(ApiException answer) {
    return ResponseEntity.status(answer.problem().status())
        .headers(answer.headers())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(answer.problem());
  }

  private ApiException of(Throwable thrown) {
    if (thrown instanceof CamelExecutionException ofRoute && ofRoute.getCause() != null) {
      return of(ofRoute.getCause());
    }
    if (thrown instanceof ApiException known) {
      return known;
    }
    if (thrown instanceof UnusableFileException unusable) {
      boolean tooLarge = unusable.reason() == UnusableFileException.Reason.TOO_LARGE;
      return new ApiException(
          Problem.of(
              tooLarge ? HttpStatus.PAYLOAD_TOO_LARGE : HttpStatus.BAD_REQUEST,
              unusable.reason().identifier(),
              tooLarge ? "File too large" : "File cannot be used",
              unusable.getMessage()));
    }
    if (thrown instanceof TooManyWorkbooksException) {
      return new ApiException(ProblemType.TOO_MANY_WORKBOOKS).retryAfter(WORKBOOK_RETRY);
    }
    if (SqlStates.has(thrown, SqlStates.READ_ONLY)) {
      LOG.debug("The database takes no writes: {}", thrown.getMessage());
      return new ApiException(
          ProblemType.DATABASE_UNAVAILABLE,
          "The database takes no writes: it is read-only or a standby.");
    }
    if (SqlStates.has(thrown, SqlStates.DISK_FULL)) {
      boolean known = database.isOutage(thrown);
      LOG.debug("The database is out of disk space, known: {}: {}", known, thrown.getMessage());
      return new ApiException(ProblemType.DATABASE_FULL);
    }
    if (thrown instanceof QueryTimeoutException) {
      if (!database.isOutage(thrown) && TIMEOUT_LINES.tryAcquire()) {
        LOG.warn(
            "Request refused: its query took longer than BACKFILL_REQUEST_TIMEOUT or"
                + " BACKFILL_VERIFY_TIMEOUT allows, or waited for a lock");
      }
      return new ApiException(ProblemType.DATABASE_TIMEOUT);
    }
    if (isDatabaseAway(thrown)) {
      // DatabaseMonitor logs an outage once, instead of each request.
      boolean known = database.isOutage(thrown);
      LOG.debug("Database cannot be reached, known: {}: {}", known, thrown.getMessage());
      return new ApiException(ProblemType.DATABASE_UNAVAILABLE, database.explain());
    }
    if (thrown instanceof StoreUnavailableException) {
      // StoreHealth logs an outage once.
      return new ApiException(ProblemType.STORE_UNAVAILABLE, thrown.getMessage());
    }
    if (isDiskFull(thrown)) {
      disks.refused();
      return new ApiException(ProblemType.DISK_FULL);
    }
    if (HeapShortage.isReasonFor(thrown)) {
      HeapShortage.log(thrown);
    } else {
      LOG.error("Request failed unexpectedly", thrown);
    }
    return new ApiException(ProblemType.INTERNAL_ERROR);
  }

  /** The JDK has no exception of its own for this, so the operating system's text decides. */
  private static boolean isDiskFull(Throwable thrown) {
    return Throwables.getCausalChain(thrown).stream()
        .anyMatch(
            cause ->
                cause instanceof IOException
                    && String.valueOf(cause.getMessage()).contains("No space left on device"));
  }

  private static boolean isDatabaseAway(Throwable thrown) {
    return thrown instanceof CannotGetJdbcConnectionException
        || thrown instanceof CannotCreateTransactionException
        || thrown instanceof DataAccessResourceFailureException
        || thrown instanceof TransientDataAccessException;
  }
}
