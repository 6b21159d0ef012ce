package org.kintell.backfill.http.problem;

import java.time.Duration;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** The refusal of a request, with its answer. It has no stack trace. */
public final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final String BEARER = "Bearer realm=\"kintell-connector\"";
  private static final Duration UNAVAILABLE = Duration.ofSeconds(5);

  private final transient Problem problem;
  private final transient HttpHeaders headers = new HttpHeaders();

  /**
   * @param values for the placeholders in the problem's text
   */
  public ApiException(ProblemType type, Object... values) {
    this(type.with(values));
  }

  ApiException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
    if (problem.status() == HttpStatus.UNAUTHORIZED.value()) {
      headers.add(HttpHeaders.WWW_AUTHENTICATE, BEARER);
      headers.add(
          HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"kintell-connector\", charset=\"UTF-8\"");
    } else if (problem.status() == HttpStatus.SERVICE_UNAVAILABLE.value()) {
      retryAfter(UNAVAILABLE);
    }
  }

  /**
   * @param jobId as the client sent it
   */
  public static ApiException unknownJob(Object jobId) {
    return new ApiException(ProblemType.UNKNOWN_JOB, presentable(jobId.toString()));
  }

  /**
   * @param allowed the allowed values
   */
  public static ApiException invalidParameter(String name, String value, String allowed) {
    return new ApiException(
        ProblemType.INVALID_PARAMETER,
        name,
        value.isEmpty() ? "empty" : "'" + presentable(value) + "'",
        allowed);
  }

  /**
   * @param named the first of these rows, for the text
   * @param rows all rows that another job has
   */
  public static ApiException rejectsTaken(Object jobId, String named, List<Long> rows) {
    return new ApiException(ProblemType.REJECTS_TAKEN.with(jobId, named).withRows(rows));
  }

  private static String presentable(String value) {
    String start = value.substring(0, Math.min(value.length(), 40));
    return start.replaceAll("[^A-Za-z0-9._-]", "_");
  }

  /** This, with the header {@code Retry-After}. */
  public ApiException retryAfter(Duration wait) {
    long seconds = Math.max(1, (wait.toMillis() + 999) / 1000);
    headers.set(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    return this;
  }

  /** This, without the challenge for which a browser opens a login window. */
  public ApiException withoutLoginWindow() {
    headers.set(HttpHeaders.WWW_AUTHENTICATE, BEARER);
    return this;
  }

  /** This, with the connection closed: an open one would occupy a slot. */
  public ApiException closingConnection() {
    headers.set(HttpHeaders.CONNECTION, "close");
    return this;
  }

  public Problem problem() {
    return problem;
  }

  /** The answer's further headers. */
  HttpHeaders headers() {
    return headers;
  }
}
