package org.kintell.backfill.http.problem;

import static org.springframework.http.HttpStatus.BAD_REQUEST;
import static org.springframework.http.HttpStatus.CONFLICT;
import static org.springframework.http.HttpStatus.FORBIDDEN;
import static org.springframework.http.HttpStatus.GONE;
import static org.springframework.http.HttpStatus.INSUFFICIENT_STORAGE;
import static org.springframework.http.HttpStatus.INTERNAL_SERVER_ERROR;
import static org.springframework.http.HttpStatus.PAYLOAD_TOO_LARGE;
import static org.springframework.http.HttpStatus.SERVICE_UNAVAILABLE;
import static org.springframework.http.HttpStatus.TOO_MANY_REQUESTS;
import static org.springframework.http.HttpStatus.UNAUTHORIZED;
import static org.springframework.http.HttpStatus.UNPROCESSABLE_ENTITY;
import static org.springframework.http.HttpStatus.UNSUPPORTED_MEDIA_TYPE;

import java.util.Locale;
import org.springframework.http.HttpStatus;

/**
 * Every problem that the service reports by itself: status, stable identifier, title and text. The
 * text says what is wrong and what to do; it and the title may hold placeholders. Two more sources
 * have their own: unusable files, and statuses that Tomcat or Spring set ({@link Problem#of(int,
 * String)}).
 */
public enum ProblemType {
  // Requests.
  NO_FILE_PART(
      BAD_REQUEST,
      "no-file-part",
      "No file uploaded",
      "Send the CSV file as multipart/form-data in a part named file: curl -F \"file=@sessions.csv\"."),
  SEVERAL_FILES(
      BAD_REQUEST,
      "several-files",
      "Several files uploaded",
      "The request has %d parts named file. Nothing was stored. Send one file per request."),
  NOT_MULTIPART(
      UNSUPPORTED_MEDIA_TYPE, "not-multipart", "Not multipart/form-data", NO_FILE_PART.detail),
  NO_BODY_ALLOWED(
      UNSUPPORTED_MEDIA_TYPE,
      "not-multipart",
      "Not multipart/form-data",
      "This request takes no body: leave out the body."),
  DAMAGED_UPLOAD(
      BAD_REQUEST,
      "damaged-upload",
      "Upload incomplete",
      "The multipart body is damaged or was cut short. Send it again."),
  NO_BOUNDARY(
      BAD_REQUEST,
      "damaged-upload",
      "Boundary missing",
      "The Content-Type of the request names no boundary. Let your client write this header itself: curl -F does, without -H \"Content-Type: …\"."),
  BARE_LINE_FEEDS(
      BAD_REQUEST,
      "damaged-upload",
      "Line ends of the multipart body",
      "The lines of the multipart body end with LF. They must end with CRLF (RFC 2046). The file itself may have any line ends."),
  ENCODED_BODY(
      UNSUPPORTED_MEDIA_TYPE,
      "encoded-body",
      "Encoded body",
      "The request has Content-Encoding %s, which is not decoded. Leave it out, and send the file itself gzipped."),
  ENCODED_PART(
      UNSUPPORTED_MEDIA_TYPE,
      "encoded-body",
      "Encoded part",
      "The part named file has Content-Transfer-Encoding %s, which is not decoded. Send the file as it is (RFC 7578 4.7)."),
  UPLOAD_TOO_LARGE(
      PAYLOAD_TOO_LARGE,
      "too-large",
      "File too large",
      "The upload is larger than this service accepts. Send it gzipped, or split it."),
  BODY_TOO_LARGE(
      PAYLOAD_TOO_LARGE,
      "too-large",
      "Body too large",
      "The body is larger than %d bytes. Only an upload may be larger."),
  INVALID_PARAMETER(
      BAD_REQUEST, "invalid-parameter", "Parameter cannot be used", "%s is %s, but must be %s."),
  UNKNOWN_CHARSET(
      BAD_REQUEST,
      "unknown-charset",
      "Unknown charset",
      "Send charset once, as one of: %s. Without it the file is read as UTF-8."),
  UNKNOWN_CAUSE(
      BAD_REQUEST, "unknown-cause", "Unknown cause", "The parameter cause must be one of: %s."),
  INVALID_IDEMPOTENCY_KEY(
      BAD_REQUEST,
      "invalid-idempotency-key",
      "Key not usable",
      "Send Idempotency-Key once, as 1 to 255 visible ASCII characters without spaces, for example a UUID."),
  IDEMPOTENCY_KEY_REUSED(
      UNPROCESSABLE_ENTITY,
      "idempotency-key-reused",
      "Key belongs to another file",
      "This Idempotency-Key belongs to job %s, which was created from another file (%s). Use a new key for each file."),
  INVALID_CONTENT_DIGEST(
      BAD_REQUEST,
      "invalid-content-digest",
      "Checksum not usable",
      "The header Content-Digest %s. Send sha-256=:<base64>: or sha-512=:<base64>: (RFC 9530)."),
  DIGEST_MISMATCH(
      BAD_REQUEST,
      "digest-mismatch",
      "Checksum differs",
      "The upload does not match its Content-Digest: it was changed or cut short on the way. Nothing was stored. Send it again."),
  INVALID_USER(
      BAD_REQUEST,
      "invalid-user",
      "Not a user",
      "%s Send {\"email\": \"user@example.com\", \"name\": \"User Name\", \"role\": \"participant\"}."),
  USER_EXISTS(
      CONFLICT,
      "user-exists",
      "User exists",
      "A user with this e-mail address exists, perhaps in another case. There is nothing left to do."),

  // Jobs.
  UNKNOWN_JOB(
      HttpStatus.NOT_FOUND,
      "unknown-job",
      "Job not found",
      "There is no job %s. Check the job id in the answer to start."),
  NO_REJECTS(
      HttpStatus.NOT_FOUND,
      "no-rejects",
      "No error file",
      "Job %s has no error file, because none of its rows was rejected so far."),
  WRONG_STATE(CONFLICT, "wrong-state", "Job is %2$s", "Job %s is %s and cannot be %s. %s"),
  OTHER_CONTENT(
      CONFLICT,
      "other-content",
      "File differs",
      "The file is not the one that job %s was created from (%s). Resume without a file to use the stored one, or import this file as a new job."),
  STORED_FILE_GONE(
      CONFLICT,
      "stored-file-gone",
      "Stored file is gone",
      "The stored file of job %s is gone. Resume with the file (%s)."),
  LONG_REJECT_GONE(
      CONFLICT,
      "stored-file-gone",
      "Stored file is gone",
      "The stored file of job %s is gone, and a reject was so long that only that file held it. Upload the corrected error file with start instead."),
  SESSIONS_REMOVED(
      CONFLICT,
      "sessions-removed",
      "Sessions were removed",
      "%s that job %s imported were deleted since. Import the file as a new job."),
  JOB_PURGED(
      GONE,
      "job-purged",
      "File and rejects were removed",
      "The stored file and the rejected rows of job %s were removed on %tF, because they were older than BACKFILL_RETENTION_DAYS. Import the original file as a new job."),
  NOTHING_TO_RETRY(
      CONFLICT,
      "nothing-to-retry",
      "Nothing to retry",
      "Job %s has no open rejects%s: it had none, or they were removed after BACKFILL_RETENTION_DAYS, or other jobs imported them or are about to."),
  INVALID_CORRECTION(
      BAD_REQUEST,
      "invalid-correction",
      "Correction cannot be used",
      "%s Nothing was changed. Send {\"rows\": [{\"row\": 1, \"fields\": {\"rating\": \"4\"}}], \"rules\": [{\"column\": \"rating\", \"from\": \"9\", \"to\": \"5\"}], \"leaveOut\": [2]}."),
  REJECTS_TAKEN(
      CONFLICT,
      "rejects-taken",
      "Rows are taken",
      "Another job has taken or imported these rows of job %s: %s. Nothing was changed. Read the open rejects again, and send the others."),
  UNKNOWN_CHECK(
      HttpStatus.NOT_FOUND,
      "unknown-check",
      "Check not found",
      "There is no such check, or it was removed after a day or when its process ended. Start another one."),
  DRY_RUN_STOPPED(
      INTERNAL_SERVER_ERROR,
      "dry-run-stopped",
      "Dry run stopped",
      "The dry run stopped before its end; the service's log holds the cause. Nothing was imported. Send the file again."),

  // Erasure.
  INVALID_EMAIL(
      BAD_REQUEST,
      "invalid-email",
      "No valid address",
      "`email` is missing or is not a valid address. Send {\"email\": \"a@example.com\"}."),
  JOB_NOT_OVER(
      CONFLICT,
      "job-not-over",
      "Job not over",
      "These hold rows of this person and are not over: %s. Nothing was erased. Wait for their end or cancel them, then erase again."),
  ERASURE_RUNNING(
      CONFLICT,
      "erasure-running",
      "Erasure running",
      "Another erasure, or a dry run of one, is running. Wait for its end, then erase again."),

  // Access.
  KEY_REQUIRED(
      UNAUTHORIZED,
      "unauthorized",
      "Key required",
      "This service requires an API key or a token. " + Texts.HOW),
  KEY_NOT_VALID(
      UNAUTHORIZED,
      "unauthorized",
      "Key not valid",
      "The API key or token is not valid here. " + Texts.HOW),
  ROLE_TOO_LOW(
      FORBIDDEN,
      "forbidden",
      "Not allowed",
      "Your key is valid, but its role does not allow this. Ask for one with a higher role."),
  SIGN_IN_IN_CLEAR(
      FORBIDDEN,
      "sign-in-in-clear",
      "Sign-in needs HTTPS",
      "This connection is not encrypted and comes from another machine, so others could read the key. Open the console over https, or as http://localhost on the service's own machine. Behind a proxy with TLS, set BACKFILL_TRUSTED_PROXIES."),
  CROSS_SITE(
      FORBIDDEN,
      "cross-site",
      "Request of another site",
      "A web page of another site made this request. Enter the address in the browser yourself. To let that page use the service, add its origin to BACKFILL_CORS_ORIGINS; /actuator stays closed to it."),
  UNKNOWN_HOST(
      FORBIDDEN,
      "unknown-host",
      "Unknown host name",
      "The service does not know the name in the Host header. Use localhost, or add the name to BACKFILL_HOSTS."),
  ODD_ADDRESS(
      BAD_REQUEST,
      "bad-request",
      "Bad Request",
      "The address is written in an unusual way. Write it as /openapi.json does: without ; \\ or .. and without percent-encoded letters. If it holds //, a value such as the job id is missing."),

  // Bodies.
  UNREADABLE_BODY(
      BAD_REQUEST,
      "bad-request",
      "Bad Request",
      "The body is not valid JSON of the form that this request takes. Compare it with the body in /openapi.json."),

  // Limits.
  TOO_MANY_TRIES(
      TOO_MANY_REQUESTS,
      "too-many-tries",
      "Too many wrong keys",
      "Too many wrong keys came from your address. " + Texts.RETRY),
  TOO_MANY_UPLOADS(
      TOO_MANY_REQUESTS,
      "too-many-uploads",
      "Too many uploads",
      "The service already receives as many files as it can at once. " + Texts.RETRY),
  TOO_MANY_JOBS(
      TOO_MANY_REQUESTS,
      "too-many-jobs",
      "Too many jobs wait",
      "The job queue is full (%d waiting). " + Texts.RETRY),
  TOO_MANY_DOWNLOADS(
      TOO_MANY_REQUESTS,
      "too-many-downloads",
      "Too many downloads",
      "The service already sends as many error files, rejects or job lists as it can at once. "
          + Texts.RETRY),
  TOO_MANY_WORKBOOKS(
      TOO_MANY_REQUESTS,
      "too-many-workbooks",
      "Other workbooks are read",
      "The service reads one workbook at a time, and others are before this one. " + Texts.RETRY),
  TOO_MANY_SEARCHES(
      TOO_MANY_REQUESTS,
      "too-many-searches",
      "Too many searches",
      "Too many searches of the job list run at once. " + Texts.RETRY),
  TOO_MANY_WATCHERS(
      TOO_MANY_REQUESTS,
      "too-many-watchers",
      "Too many watchers",
      "Too many clients watch the progress of jobs. Poll status instead. Or: " + Texts.RETRY),
  TOO_MANY_WAITING(
      TOO_MANY_REQUESTS,
      "too-many-waiting",
      "Too many requests wait",
      "Too many requests wait for the end of a job. Send Prefer: wait=0 and poll status. Or: "
          + Texts.RETRY),

  // The service and its database.
  STARTING(
      SERVICE_UNAVAILABLE,
      "starting",
      "Service is starting",
      "The service has not started yet. Retry in a few seconds."),
  DATABASE_UNAVAILABLE(
      SERVICE_UNAVAILABLE,
      "database-unavailable",
      "Database unavailable",
      "%s Nothing was lost. Retry in a few seconds."),
  STORE_UNAVAILABLE(
      SERVICE_UNAVAILABLE,
      "store-unavailable",
      "Object store unavailable",
      "%s. Nothing was stored. Retry in a few seconds."),
  DATABASE_TIMEOUT(
      SERVICE_UNAVAILABLE,
      "database-timeout",
      "Database too slow",
      "The database did not answer in time. Nothing was changed. " + Texts.RETRY),
  DATABASE_FULL(
      INSUFFICIENT_STORAGE,
      "disk-full",
      "Disk full",
      "The database is out of disk space. Free space on the database server, then retry."),
  DISK_FULL(
      INSUFFICIENT_STORAGE,
      "disk-full",
      "Disk full",
      "The service is out of disk space. Free space on its server, then send the file again."),
  INTERNAL_ERROR(INTERNAL_SERVER_ERROR, "internal-error", "Internal error", Texts.UNEXPECTED);

  private final HttpStatus status;
  private final String identifier;
  private final String title;
  private final String detail;

  ProblemType(HttpStatus status, String identifier, String title, String detail) {
    this.status = status;
    this.identifier = identifier;
    this.title = title;
    this.detail = detail;
  }

  /** The document with these values in the places of its placeholders. */
  Problem with(Object... values) {
    return Problem.of(
        status, identifier, title.formatted(values), String.format(Locale.ROOT, detail, values));
  }

  /** Sentences that several texts share. */
  static final class Texts {
    static final String UNEXPECTED =
        "Something unexpected went wrong. The service's log holds the cause. Retry, or report it.";

    private static final String RETRY = "Retry after the number of seconds in Retry-After.";
    private static final String HOW =
        "Send one as Authorization: Bearer <key>, as X-API-Key: <key>, or as name and key when the"
            + " browser asks for them.";

    private Texts() {}
  }
}
