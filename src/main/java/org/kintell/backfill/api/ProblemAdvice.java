package org.kintell.backfill.api;

import java.util.Locale;
import java.util.Optional;
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

  @ExceptionHandler(MultipartException.class)
  ResponseEntity<Object> multipart(MultipartException e) {
    return answer(
        e instanceof MaxUploadSizeExceededException
            ? Problem.of(
                HttpStatus.PAYLOAD_TOO_LARGE,
                "too-large",
                "File too large",
                "The upload is larger than this service takes. Send it gzipped, or split it.")
            : Problem.of(
                HttpStatus.BAD_REQUEST,
                "damaged-upload",
                "Upload incomplete",
                "The multipart body is damaged or was cut short. Send it again."));
  }

  @ExceptionHandler(Exception.class)
  ResponseEntity<Object> any(Exception e) {
    return answer(Problems.of(e));
  }

  @Override
  protected ResponseEntity<Object> handleExceptionInternal(
      Exception e, Object body, HttpHeaders headers, HttpStatusCode code, WebRequest request) {
    HttpStatus status =
        Optional.ofNullable(HttpStatus.resolve(code.value()))
            .orElse(HttpStatus.INTERNAL_SERVER_ERROR);
    String detail =
        switch (status) {
          case NOT_FOUND -> "There is nothing at this address.";
          case METHOD_NOT_ALLOWED -> "Use one of: " + headers.getFirst(HttpHeaders.ALLOW) + ".";
          default -> "The request cannot be served as it is.";
        };
    String type = status.name().toLowerCase(Locale.ROOT).replace('_', '-');
    Problem problem = Problem.of(status, type, status.getReasonPhrase(), detail);
    return ResponseEntity.status(status)
        .headers(headers)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  private static ResponseEntity<Object> answer(Problem problem) {
    return ResponseEntity.status(problem.status())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
