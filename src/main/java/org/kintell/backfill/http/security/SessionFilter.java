package org.kintell.backfill.http.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.kintell.backfill.http.CallerContext;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Authenticates callers by the console's cookie. It opens neither the actuator nor Jolokia, and a
 * request with a key or token is authenticated by that alone.
 */
final class SessionFilter extends OncePerRequestFilter {

  private final CallerContext callers = new CallerContext();
  private final BrowserSessions sessions;
  private final String actuator;

  /**
   * @param actuator the path below which the cookie does not count
   */
  SessionFilter(BrowserSessions sessions, String actuator) {
    this.sessions = sessions;
    this.actuator = actuator;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return Credentials.of(request) != null || request.getRequestURI().contains(actuator);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    sessions
        .find(request)
        .ifPresent(it -> callers.set(it.name(), it.role(), it, request, response));
    chain.doFilter(request, response);
  }
}
