package org.kintell.backfill.http.problem;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.file.SourceFile;
import org.springframework.http.HttpStatus;

/** A request that cannot be served, with the answer to it. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  private ProblemException(HttpStatus status, String type, String title, String detail) {
    super(detail, null, false, false);
    this.problem = Problem.of(status, type, title, detail);
  }

  public Problem problem() {
    return problem;
  }

  public static ProblemException unknownJob(String jobId) {
    return new ProblemException(
        HttpStatus.NOT_FOUND,
        "unknown-job",
        "Job not found",
        "There is no job " + presentable(jobId) + ". Check the id that start answered with.");
  }

  public static ProblemException noRejects(Object jobId) {
    return new ProblemException(
        HttpStatus.NOT_FOUND,
        "no-rejects",
        "No error file",
        "Job " + jobId + " has rejected no row so far, so there is no error file.");
  }

  public static ProblemException noFilePart() {
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "no-file-part",
        "No file uploaded",
        "Send the CSV file as multipart/form-data in a part named file: curl -F \"file=@sessions.csv\".");
  }

  public static ProblemException severalFiles(int count) {
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "several-files",
        "Several files uploaded",
        "The request has %d parts named file. Nothing was kept; send each file by itself."
            .formatted(count));
  }

  /**
   * @param allowed what the value may be
   */
  public static ProblemException invalidParameter(String name, String value, String allowed) {
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "invalid-parameter",
        "Parameter cannot be used",
        "%s is %s, but must be %s."
            .formatted(name, value.isEmpty() ? "empty" : "'" + presentable(value) + "'", allowed));
  }

  public static ProblemException wrongState(
      Object jobId, String status, String asked, String advice) {
    return new ProblemException(
        HttpStatus.CONFLICT,
        "wrong-state",
        "Job is " + status,
        "Job %s is %s and cannot be %s. %s".formatted(jobId, status, asked, advice));
  }

  public static ProblemException otherContent(Object jobId, String fileName) {
    return new ProblemException(
        HttpStatus.CONFLICT,
        "other-content",
        "File differs",
        ("The file is not the one that job %s was created from (%s). Resume without a file to use the"
                + " stored one, or import this file as a new job.")
            .formatted(jobId, fileName));
  }

  public static ProblemException fileGone(Object jobId, String fileName) {
    return new ProblemException(
        HttpStatus.CONFLICT,
        "stored-file-gone",
        "Stored file is gone",
        "The stored file of job %s is gone. Resume with the file (%s).".formatted(jobId, fileName));
  }

  public static ProblemException sessionsRemoved(Object jobId, long removed) {
    return new ProblemException(
        HttpStatus.CONFLICT,
        "sessions-removed",
        "Sessions were removed",
        "%s that job %s imported were deleted since. Import the file as a new job."
            .formatted(Quantity.of(removed, "session"), jobId));
  }

  public static ProblemException purged(Object jobId, OffsetDateTime purgedAt) {
    return new ProblemException(
        HttpStatus.GONE,
        "job-purged",
        "File and rejects were removed",
        ("The stored file and the rejected rows of job %s were removed on %s, as they were older than"
                + " BACKFILL_RETENTION_DAYS. Import the original file as a new job.")
            .formatted(jobId, purgedAt.withOffsetSameInstant(ZoneOffset.UTC).toLocalDate()));
  }

  public static ProblemException unknownCharset() {
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "unknown-charset",
        "Unknown charset",
        "charset must be given once, as one of: "
            + String.join(", ", SourceFile.CHARSETS)
            + ". Without it the file is UTF-8.");
  }

  public static ProblemException invalidKey() {
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "invalid-idempotency-key",
        "Key not usable",
        "Idempotency-Key must be given once, as 1 to 255 visible ASCII characters without spaces: a"
            + " UUID, for instance.");
  }

  public static ProblemException invalidDigest(String reason) {
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "invalid-content-digest",
        "Checksum not usable",
        "The Content-Digest cannot be checked. "
            + reason
            + " Send sha-256=:<base64>: or sha-512=:<base64>: (RFC 9530).");
  }

  public static ProblemException otherDigest() {
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "digest-mismatch",
        "Checksum differs",
        "The upload does not have the checksum in its Content-Digest, so it was changed or cut on its"
            + " way. Nothing was stored; send it again.");
  }

  public static ProblemException noUser(String reason) {
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "invalid-user",
        "Not a user",
        reason
            + " Send {\"email\": \"user@example.com\", \"name\": \"User Name\", \"role\":"
            + " \"participant\"}.");
  }

  public static ProblemException userExists() {
    return new ProblemException(
        HttpStatus.CONFLICT,
        "user-exists",
        "User exists",
        "There is a user with this e-mail address, perhaps in another case. Nothing is left to do.");
  }

  public static ProblemException unknownCause(String known) {
    return new ProblemException(
        HttpStatus.BAD_REQUEST,
        "unknown-cause",
        "Unknown cause",
        "The parameter cause must be one of: " + known + ".");
  }

  public static ProblemException notRetryable(Object jobId, String status, String advice) {
    return new ProblemException(
        HttpStatus.CONFLICT,
        "wrong-state",
        "Job is " + status,
        "Job %s is %s and its rejects cannot be retried. %s".formatted(jobId, status, advice));
  }

  public static ProblemException nothingToRetry(Object jobId, String ofCauses) {
    return new ProblemException(
        HttpStatus.CONFLICT,
        "nothing-to-retry",
        "Nothing to retry",
        ("No reject%s of job %s is open: there was none, or it is kept no longer, or jobs that"
                + " were made of it have imported it or are about to.")
            .formatted(ofCauses, jobId));
  }

  public static ProblemException recordGone(Object jobId) {
    return new ProblemException(
        HttpStatus.CONFLICT,
        "stored-file-gone",
        "Stored file is gone",
        ("A reject of job %s is so long that it is kept in the job's stored file only, which is"
                + " gone. Upload the corrected error file with start instead.")
            .formatted(jobId));
  }

  public static ProblemException dryRunStopped() {
    return new ProblemException(
        HttpStatus.INTERNAL_SERVER_ERROR,
        "dry-run-stopped",
        "Dry run stopped",
        "The dry run did not come to its end; the service's log says why. Nothing was imported."
            + " Send the file again.");
  }

  private static String presentable(String value) {
    String start = value.substring(0, Math.min(value.length(), 40));
    return start.replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
