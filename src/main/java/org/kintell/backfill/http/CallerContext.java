package org.kintell.backfill.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;

/** Makes a caller known to the rest of its request, on whatever thread that is answered. */
public final class CallerContext {

  private final RequestAttributeSecurityContextRepository contexts =
      new RequestAttributeSecurityContextRepository();

  /**
   * @param role its label
   * @param details the session of the console; null for a key
   */
  public void set(
      String name,
      String role,
      Object details,
      HttpServletRequest request,
      HttpServletResponse response) {
    UsernamePasswordAuthenticationToken caller =
        UsernamePasswordAuthenticationToken.authenticated(
            name, null, AuthorityUtils.createAuthorityList("ROLE_" + role));
    caller.setDetails(details);
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(caller);
    SecurityContextHolder.setContext(context);
    contexts.saveContext(context, request, response);
  }
}
