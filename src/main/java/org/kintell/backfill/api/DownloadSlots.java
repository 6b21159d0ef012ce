package org.kintell.backfill.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.kintell.backfill.access.RefusedException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Lets only so many error files be sent at once. Each holds a thread and a page of rejects for as
 * long as its reader takes.
 */
@Component
@Order(4)
class DownloadSlots extends OncePerRequestFilter {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Semaphore free;
  private final HandlerExceptionResolver resolver;

  DownloadSlots(
      LimitSettings settings,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver) {
    this.free = new Semaphore(settings.maxDownloads());
    this.resolver = resolver;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith("/import/backfill/")
        || !request.getRequestURI().endsWith("/errors");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!free.tryAcquire()) {
      resolver.resolveException(
          request, response, null, RefusedException.tooManyDownloads(RETRY_AFTER));
      return;
    }
    try {
      chain.doFilter(request, response);
    } finally {
      free.release();
    }
  }
}
