package org.kintell.backfill.api;

import org.springframework.http.HttpStatus;

/** A request that cannot be served, with the answer to it. */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Problem problem;

  private ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  static ProblemException unknownJob(String jobId) {
    return new ProblemException(
        Problem.of(
            HttpStatus.NOT_FOUND,
            "unknown-job",
            "Job not found",
            "There is no job " + presentable(jobId) + ". Check the id that start answered with."));
  }

  static ProblemException noRejects(Object jobId) {
    return new ProblemException(
        Problem.of(
            HttpStatus.NOT_FOUND,
            "no-rejects",
            "No error file",
            "Job " + jobId + " has rejected no row so far, so there is no error file."));
  }

  static ProblemException noFilePart() {
    return new ProblemException(
        Problem.of(
            HttpStatus.BAD_REQUEST,
            "no-file-part",
            "No file uploaded",
            "Send the CSV file as multipart/form-data in a part named file: curl -F \"file=@sessions.csv\"."));
  }

  static ProblemException badParameter(String name, String value, String allowed) {
    return new ProblemException(
        Problem.of(
            HttpStatus.BAD_REQUEST,
            "bad-parameter",
            "Parameter cannot be used",
            "%s is %s, but must be %s."
                .formatted(
                    name, value.isEmpty() ? "empty" : "'" + presentable(value) + "'", allowed)));
  }

  static ProblemException wrongState(Object jobId, String status, String advice) {
    return new ProblemException(
        Problem.of(
            HttpStatus.CONFLICT,
            "wrong-state",
            "Job is " + status,
            "Job %s is %s and cannot be resumed. %s".formatted(jobId, status, advice)));
  }

  static ProblemException otherContent(Object jobId, String fileName) {
    return new ProblemException(
        Problem.of(
            HttpStatus.CONFLICT,
            "other-content",
            "File differs",
            ("The file is not the one that job %s was created from (%s). Resume without a file to use the"
                    + " stored one, or import this file as a new job.")
                .formatted(jobId, fileName)));
  }

  static ProblemException fileGone(Object jobId, String fileName) {
    return new ProblemException(
        Problem.of(
            HttpStatus.CONFLICT,
            "stored-file-gone",
            "Stored file is gone",
            "The stored file of job %s is gone. Resume with the file (%s)."
                .formatted(jobId, fileName)));
  }

  static ProblemException sessionsRemoved(Object jobId, long removed) {
    return new ProblemException(
        Problem.of(
            HttpStatus.CONFLICT,
            "sessions-removed",
            "Sessions were removed",
            "%d sessions that job %s imported were deleted since. Import the file as a new job."
                .formatted(removed, jobId)));
  }

  private static String presentable(String jobId) {
    String start = jobId.substring(0, Math.min(jobId.length(), 40));
    return start.replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
