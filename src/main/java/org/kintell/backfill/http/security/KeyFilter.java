package org.kintell.backfill.http.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.kintell.backfill.http.CallerContext;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/** Authenticates callers by API key. A request without one passes unauthenticated. */
final class KeyFilter extends OncePerRequestFilter {

  private static final Logger LOG = LoggerFactory.getLogger(KeyFilter.class);

  private final CallerContext callers = new CallerContext();
  private final ApiKeyAuthenticator keys;
  private final Refusals refusals;
  private final boolean tokensToo;

  /**
   * @param tokensToo whether a later filter accepts tokens; this one then ignores them
   */
  KeyFilter(ApiKeyAuthenticator keys, Refusals refusals, boolean tokensToo) {
    this.keys = keys;
    this.refusals = refusals;
    this.tokensToo = tokensToo;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Credentials credentials = Credentials.of(request);
    if (credentials == null || (tokensToo && credentials.isToken())) {
      chain.doFilter(request, response);
      return;
    }
    ApiKey key;
    try {
      key =
          keys.find(credentials.name(), credentials.key(), request.getRemoteAddr())
              .orElseThrow(() -> new ApiException(ProblemType.KEY_NOT_VALID));
    } catch (ApiException refused) {
      LOG.warn("{}, from {}", refused.problem().title(), request.getRemoteAddr());
      refusals.refuse(request, response, refused);
      return;
    }
    callers.set(key.name(), key.role().label(), null, request, response);
    chain.doFilter(request, response);
  }
}
