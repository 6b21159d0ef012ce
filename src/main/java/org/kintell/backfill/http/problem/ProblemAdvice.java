package org.kintell.backfill.http.problem;

import org.apache.camel.CamelContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.multipart.MaxUploadSizeExceededException;
import org.springframework.web.multipart.MultipartException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Problem documents for what goes wrong before a route is reached, or outside of routes. */
@RestControllerAdvice
class ProblemAdvice extends ResponseEntityExceptionHandler {

  private static final Problem STARTING =
      Problem.of(
          HttpStatus.SERVICE_UNAVAILABLE,
          "starting",
          "Service is starting",
          "The service has not started yet. Try again in a few seconds.");

  private final CamelContext camel;
  private final Problems problems;

  ProblemAdvice(CamelContext camel, Problems problems) {
    this.camel = camel;
    this.problems = problems;
  }

  @ExceptionHandler(RefusedException.class)
  ResponseEntity<Object> refused(RefusedException e) {
    return ResponseEntity.status(e.status())
        .headers(e.headers())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problems.of(e));
  }

  @ExceptionHandler(MultipartException.class)
  ResponseEntity<Object> damagedUpload(MultipartException e) {
    if (Problems.isDiskFull(e)) {
      return answer(problems.of(e));
    }
    return answer(
        Problem.of(
            HttpStatus.BAD_REQUEST,
            "damaged-upload",
            "Upload incomplete",
            "The multipart body is damaged or was cut short. Send it again."));
  }

  @Override
  protected ResponseEntity<Object> handleMaxUploadSizeExceededException(
      MaxUploadSizeExceededException e,
      HttpHeaders headers,
      HttpStatusCode code,
      WebRequest request) {
    return answer(
        Problem.of(
            HttpStatus.PAYLOAD_TOO_LARGE,
            "too-large",
            "File too large",
            "The upload is larger than this service takes. Send it gzipped, or split it."));
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> any(Exception e) {
    if (HungUpClients.isReasonOf(e)) {
      // Nobody is there to be answered.
      return null;
    }
    return answer(problems.of(e));
  }

  @Override
  protected ResponseEntity<Object> handleExceptionInternal(
      Exception e, Object body, HttpHeaders headers, HttpStatusCode code, WebRequest request) {
    Problem problem =
        code.value() == HttpStatus.NOT_FOUND.value() && !camel.isStarted()
            ? STARTING
            : Problem.of(code.value(), headers.getFirst(HttpHeaders.ALLOW));
    return ResponseEntity.status(problem.status())
        .headers(headers)
        .headers(Problems.headers(problem.status()))
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  private static ResponseEntity<Object> answer(Problem problem) {
    return ResponseEntity.status(problem.status())
        .headers(Problems.headers(problem.status()))
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
