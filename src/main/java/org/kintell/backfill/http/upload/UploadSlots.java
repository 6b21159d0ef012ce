package org.kintell.backfill.http.upload;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Limits how many requests with a body are received at once. Each holds a thread and memory while
 * it arrives, however slowly, and an upload also while it is indexed. Runs before anything reads a
 * body.
 */
@Component
@Order(0)
class UploadSlots extends OncePerRequestFilter {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Semaphore free;
  private final HandlerExceptionResolver resolver;

  UploadSlots(
      LimitSettings settings,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver) {
    this.free = new Semaphore(settings.maxUploads());
    this.resolver = resolver;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getContentLengthLong() <= 0 && !RequireMultipart.isChunked(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!free.tryAcquire()) {
      resolver.resolveException(
          request,
          response,
          null,
          new ApiException(ProblemType.TOO_MANY_UPLOADS).retryAfter(RETRY_AFTER));
      return;
    }
    try {
      chain.doFilter(request, response);
    } finally {
      // A request that waits for the end of a job is received completely and holds no slot.
      free.release();
    }
  }
}
