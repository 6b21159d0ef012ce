package org.kintell.backfill.http.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Authenticates callers by the console's cookie. It opens neither the actuator nor Jolokia, and a
 * request with a key or token is authenticated by that alone.
 */
final class SessionFilter extends OncePerRequestFilter {

  private final RequestAttributeSecurityContextRepository contexts =
      new RequestAttributeSecurityContextRepository();
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
    sessions.find(request).ifPresent(session -> authenticate(session, request, response));
    chain.doFilter(request, response);
  }

  private void authenticate(
      BrowserSession session, HttpServletRequest request, HttpServletResponse response) {
    UsernamePasswordAuthenticationToken caller =
        UsernamePasswordAuthenticationToken.authenticated(
            session.name(), null, AuthorityUtils.createAuthorityList("ROLE_" + session.role()));
    caller.setDetails(session);
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(caller);
    SecurityContextHolder.setContext(context);
    contexts.saveContext(context, request, response);
  }
}
