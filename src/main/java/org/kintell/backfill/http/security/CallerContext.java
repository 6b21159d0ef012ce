package org.kintell.backfill.http.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;

/** Makes a caller known to the rest of its request, on whatever thread that is answered. */
final class CallerContext {

  private final RequestAttributeSecurityContextRepository contexts =
      new RequestAttributeSecurityContextRepository();

  /**
   * @param role its label
   * @param session of the console; null for a key
   */
  void set(
      String name,
      String role,
      BrowserSession session,
      HttpServletRequest request,
      HttpServletResponse response) {
    UsernamePasswordAuthenticationToken caller =
        UsernamePasswordAuthenticationToken.authenticated(
            name, null, AuthorityUtils.createAuthorityList("ROLE_" + role));
    caller.setDetails(session);
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(caller);
    SecurityContextHolder.setContext(context);
    contexts.saveContext(context, request, response);
  }
}
