package org.kintell.backfill.api;

import com.google.common.util.concurrent.Uninterruptibles;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets few requests for a status work at once, in the order of their arrival. Hundreds of clients
 * that poll would otherwise take the database connections and the processor that the import needs.
 */
@Component
@Order(6)
class StatusTurns extends OncePerRequestFilter {

  private static final int AT_ONCE = 4;

  /** A request that waits longer goes on: the database is slow, and more of them do no harm. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Semaphore turns = new Semaphore(AT_ONCE, true);

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().endsWith("/status");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    boolean turn = Uninterruptibles.tryAcquireUninterruptibly(turns, PATIENCE);
    try {
      chain.doFilter(request, response);
    } finally {
      if (turn) {
        turns.release();
      }
    }
  }
}
