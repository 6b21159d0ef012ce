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

/** Binds the authenticated caller's name to the request, for the log and the trail. */
final class ActorFilter extends OncePerRequestFilter {

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Authentication caller = SecurityContextHolder.getContext().getAuthentication();
    new Actor(name(caller), request.getRemoteAddr(), MDC.get("requestId")).bind();
    chain.doFilter(request, response);
  }

  /** A token's name is its subject, which its issuer chooses freely. */
  private static String name(Authentication caller) {
    if (caller == null || caller instanceof AnonymousAuthenticationToken) {
      return Actor.LOCAL;
    }
    String name = caller.getName() == null ? "" : caller.getName();
    return name.isBlank() || Actor.isReserved(name) ? "token:" + name : name;
  }
}
