package org.kintell.backfill.http.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.kintell.backfill.trail.Actor;
import org.slf4j.MDC;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Names the caller of a request, for logs and the trail, once the caller is known. */
final class ActorFilter extends OncePerRequestFilter {

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    new Actor(name(caller), request.getRemoteAddr(), MDC.get("requestId")).bind();
    chain.doFilter(request, response);
  }

  /** Of a token the subject, which an issuer chooses freely. */
  private static String name(Authentication caller) {
    if (caller == null || caller instanceof AnonymousAuthenticationToken) {
      return Actor.LOCAL;
    }
    String name = caller.getName() == null ? "" : caller.getName();
    return name.isBlank() || Actor.isReserved(name) ? "token:" + name : name;
  }
}
