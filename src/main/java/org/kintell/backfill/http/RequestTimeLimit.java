package org.kintell.backfill.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.database.QueryDeadline;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Limits the time of the queries of a reading request; beyond it the answer is 503. A request that
 * changes something has no limit, because its client could not tell whether it took effect.
 */
@Component
@Order(5)
class RequestTimeLimit extends OncePerRequestFilter {

  private static final Set<String> ASKS = Set.of("GET", "HEAD");

  /** These count all rows of a job. */
  private static final Pattern COUNTS = Pattern.compile("/(verify|rollback)$");

  private final Duration requestTimeout;
  private final Duration verifyTimeout;

  RequestTimeLimit(LimitSettings settings) {
    this.requestTimeout = settings.requestTimeout();
    this.verifyTimeout = settings.verifyTimeout();
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !ASKS.contains(request.getMethod());
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean counts = COUNTS.matcher(request.getRequestURI()).find();
    QueryDeadline.set(counts ? verifyTimeout : requestTimeout);
    try {
      chain.doFilter(request, response);
    } finally {
      QueryDeadline.clear();
    }
  }
}
