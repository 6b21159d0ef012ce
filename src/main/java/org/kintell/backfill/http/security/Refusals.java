package org.kintell.backfill.http.security;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Answers refused requests with problem documents. */
@Component
class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {

  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  private final HandlerExceptionResolver resolver;
  private final AuthAttemptLimiter tries;

  Refusals(
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver,
      AuthAttemptLimiter tries) {
    this.resolver = resolver;
    this.tries = tries;
  }

  void refuse(HttpServletRequest request, HttpServletResponse response, ApiException why) {
    resolver.resolveException(request, response, null, why);
  }

  void refuse(HttpServletRequest request, HttpServletResponse response, ProblemType why) {
    refuse(request, response, new ApiException(why));
  }

  /** Refuses a request without a key. */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e) {
    ApiException why = new ApiException(ProblemType.KEY_REQUIRED);
    refuse(request, response, isOfScript(request) ? why.withoutLoginWindow() : why);
  }

  /** A page's script has its own dialog for a key. */
  private static boolean isOfScript(HttpServletRequest request) {
    return "empty".equals(request.getHeader("Sec-Fetch-Dest"));
  }

  /** Refuses an invalid token. {@link KeyFilter} refuses keys. */
  void refuseToken(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException e) {
    ApiException why = new ApiException(ProblemType.KEY_NOT_VALID);
    try {
      tries.take(request.getRemoteAddr());
      tries.count();
    } catch (ApiException tooMany) {
      why = tooMany;
    }
    LOG.warn("{}, from {}: token", why.problem().title(), request.getRemoteAddr());
    refuse(request, response, why);
  }

  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException e) {
    refuse(request, response, ProblemType.ROLE_TOO_LOW);
  }
}
