package org.kintell.backfill.http.problem;

import com.google.common.base.Throwables;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.ClientAbortException;
import org.apache.coyote.CloseNowException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Ends answers that cannot be finished. Ignores a client that has disconnected. If the service
 * fails half-way, closes the connection, so that the client does not mistake a part for the whole.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnfinishedAnswers extends OncePerRequestFilter {

  private static final Logger LOG = LoggerFactory.getLogger(UnfinishedAnswers.class);

  @Override
  protected boolean shouldNotFilterAsyncDispatch() {
    return false;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    try {
      chain.doFilter(request, response);
    } catch (ServletException | IOException | RuntimeException e) {
      if (isHungUp(e)) {
        LOG.debug("The client has hung up: {}", request.getRequestURI());
      } else if (response.isCommitted()) {
        LOG.warn(
            "Answer not finished: {}: {}",
            request.getRequestURI(),
            Throwables.getRootCause(e).getMessage());
        throw new CloseNowException("The answer cannot be finished", e);
      } else {
        throw e;
      }
    }
  }

  static boolean isHungUp(Throwable thrown) {
    return Throwables.getCausalChain(thrown).stream()
        .anyMatch(ClientAbortException.class::isInstance);
  }
}
