package org.kintell.backfill.http.problem;

import java.time.Duration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;

/** A request that is not served, whatever it asks for. The message tells what to do. */
public final class RefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final String HOW =
      "Send one as Authorization: Bearer <key>, as X-API-Key: <key>, or by name and key as a"
          + " browser asks for them.";

  private final HttpStatus status;
  private final String type;
  private final String title;
  private final transient HttpHeaders headers = new HttpHeaders();

  private RefusedException(HttpStatus status, String type, String title, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.type = type;
    this.title = title;
  }

  public HttpStatus status() {
    return status;
  }

  /** The last part of the problem's type. */
  public String type() {
    return type;
  }

  public String title() {
    return title;
  }

  /** What the answer must carry beside the problem. */
  public HttpHeaders headers() {
    return headers;
  }

  private RefusedException with(String header, String value) {
    headers.add(header, value);
    return this;
  }

  private RefusedException challenge() {
    return with(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"kintell-connector\"")
        .with(HttpHeaders.WWW_AUTHENTICATE, "Basic realm=\"kintell-connector\", charset=\"UTF-8\"");
  }

  private RefusedException retryAfter(Duration wait) {
    long seconds = Math.max(1, (wait.toMillis() + 999) / 1000);
    return with(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
  }

  public static RefusedException noKey() {
    return new RefusedException(
            HttpStatus.UNAUTHORIZED,
            "unauthorized",
            "Key required",
            "This service wants an API key or a token. " + HOW)
        .challenge();
  }

  public static RefusedException wrongKey() {
    return new RefusedException(
            HttpStatus.UNAUTHORIZED,
            "unauthorized",
            "Key not valid",
            "The API key or token is not valid here. " + HOW)
        .challenge();
  }

  public static RefusedException tooManyTries(Duration wait) {
    return new RefusedException(
            HttpStatus.TOO_MANY_REQUESTS,
            "too-many-tries",
            "Too many wrong keys",
            "Too many wrong keys came from your address. Wait as long as Retry-After says.")
        .retryAfter(wait);
  }

  public static RefusedException roleTooLow() {
    return new RefusedException(
        HttpStatus.FORBIDDEN,
        "forbidden",
        "Not allowed",
        "Your key is valid, but its role does not allow this. Ask for one with a higher role.");
  }

  public static RefusedException crossSite() {
    return new RefusedException(
        HttpStatus.FORBIDDEN,
        "cross-site",
        "Request of another site",
        "A web page of another site made this request. Enter the address in the browser yourself. If"
            + " that page should be able to use the service, name its origin in"
            + " BACKFILL_CORS_ORIGINS; the addresses of /actuator stay closed to it.");
  }

  /** An address that can be read in more than one way. */
  public static RefusedException oddAddress() {
    return new RefusedException(
        HttpStatus.BAD_REQUEST,
        "bad-request",
        "Bad Request",
        "The address is written in an unusual way. Write it as /openapi.json does: without ; \\ or .."
            + " and without percent-encoded letters. Where it holds //, a value such as the job's id"
            + " is missing.");
  }

  public static RefusedException unknownHost() {
    return new RefusedException(
        HttpStatus.FORBIDDEN,
        "unknown-host",
        "Unknown host name",
        "The service does not go by the name in the Host header. Use localhost, or name it in"
            + " BACKFILL_HOSTS.");
  }

  /** Too much is uploaded at the same time. */
  public static RefusedException tooManyUploads(Duration wait) {
    return new RefusedException(
            HttpStatus.TOO_MANY_REQUESTS,
            "too-many-uploads",
            "Too many uploads",
            "The service receives as many files as it takes at once. Try again after Retry-After.")
        .retryAfter(wait);
  }

  /** Too many error files, or lists of jobs, are sent at the same time. */
  public static RefusedException tooManyDownloads(Duration wait) {
    return busy(
        "too-many-downloads",
        "Too many downloads",
        "The service sends as many error files, or lists of jobs, as it can at once.",
        wait);
  }

  /** Too many clients watch jobs. */
  public static RefusedException tooManyWatchers(Duration wait) {
    return busy(
        "too-many-watchers",
        "Too many watchers",
        "Too many clients watch the progress of jobs. Poll status instead, or retry later.",
        wait);
  }

  /** Too many clients wait for the end of a job. */
  public static RefusedException tooManyWaiting(Duration wait) {
    return busy(
        "too-many-waiting",
        "Too many requests wait",
        "Too many requests wait for the end of a job. Send Prefer: wait=0 and poll status, or retry later.",
        wait);
  }

  /** Too many searches of the list of jobs run at the same time. */
  public static RefusedException tooManySearches(Duration wait) {
    return busy(
        "too-many-searches",
        "Too many searches",
        "Too many searches of the list of jobs run at once.",
        wait);
  }

  private static RefusedException busy(String type, String title, String detail, Duration wait) {
    return new RefusedException(
            HttpStatus.TOO_MANY_REQUESTS,
            type,
            title,
            detail + " Retry after the number of seconds in Retry-After.")
        .retryAfter(wait)
        // A connection that is kept open takes the place of another one.
        .with(HttpHeaders.CONNECTION, "close");
  }

  /** A body that is no upload, and too large to be read into memory. */
  public static RefusedException bodyTooLarge(long most) {
    return new RefusedException(
        HttpStatus.PAYLOAD_TOO_LARGE,
        "too-large",
        "Body too large",
        "The body of this request may have %d bytes. Only an upload may be larger."
            .formatted(most));
  }

  /** Too many jobs wait for their turn. */
  public static RefusedException tooManyJobs(Duration wait) {
    return new RefusedException(
            HttpStatus.TOO_MANY_REQUESTS,
            "too-many-jobs",
            "Too many jobs wait",
            "As many jobs wait for their turn as may. Try again after Retry-After.")
        .retryAfter(wait);
  }
}
