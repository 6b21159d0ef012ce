package org.kintell.backfill.http.problem;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Answers with a problem document if a request failed outside of Spring's handlers. */
@RestController
class LastResort implements ErrorController {

  @RequestMapping("${server.error.path:/error}")
  ResponseEntity<Problem> answer(HttpServletRequest request, HttpServletResponse response) {
    if (response.isCommitted()) {
      // A part of another answer is sent already; Tomcat closes the connection.
      return null;
    }
    Object code = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    // Without a failure, a client requested this address itself.
    Problem problem = Problem.of(code == null ? HttpStatus.NOT_FOUND.value() : (int) code, null);
    return ResponseEntity.status(problem.status())
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
