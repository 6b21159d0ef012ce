package org.kintell.backfill.http.problem;

import com.google.common.base.Throwables;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.apache.catalina.connector.ClientAbortException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Ignores clients that hang up before they have the whole answer. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class HungUpClients extends OncePerRequestFilter {

  private static final Logger LOG = LoggerFactory.getLogger(HungUpClients.class);

  /**
   * Spring's message (StandardServletAsyncWebRequest) after a route whose answer could not be
   * written. Camel does not pass the cause on.
   */
  private static final String AFTER_FAILED_WRITE = "Cannot start async: [ERROR]";

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
      if (!isReasonOf(e)) {
        throw e;
      }
      LOG.debug("The client has hung up: {}", request.getRequestURI());
    }
  }

  static boolean isReasonOf(Throwable thrown) {
    return AFTER_FAILED_WRITE.equals(thrown.getMessage())
        || Throwables.getCausalChain(thrown).stream()
            .anyMatch(ClientAbortException.class::isInstance);
  }
}
