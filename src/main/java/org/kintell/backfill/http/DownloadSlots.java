package org.kintell.backfill.http;

import com.google.common.util.concurrent.Uninterruptibles;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.kintell.backfill.config.LimitSettings;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Limits how many error files, and how many pages of rejects or of the job list, are sent at once.
 * Each holds a thread and up to a megabyte for as long as its reader takes.
 */
@Component
@Order(4)
class DownloadSlots extends OncePerRequestFilter {

  private static final String LIST = "/import/backfill";
  private static final String ERROR_FILE = "/errors";
  private static final Pattern REJECTS =
      Pattern.compile("/(rejects|rejects/values|missing-users)$");

  /** Longer than most answers take. A waiting request holds a thread. */
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

  private final Semaphore errorFiles;
  private final Semaphore lists;
  private final HandlerExceptionResolver resolver;

  DownloadSlots(
      LimitSettings settings,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver) {
    this.errorFiles = new Semaphore(settings.maxDownloads());
    this.lists = new Semaphore(settings.maxDownloads());
    this.resolver = resolver;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return slots(request) == null;
  }

  private Semaphore slots(HttpServletRequest request) {
    String path = request.getRequestURI();
    if (path.equals(LIST) || path.startsWith(LIST) && REJECTS.matcher(path).find()) {
      return lists;
    }
    return path.startsWith(LIST) && path.endsWith(ERROR_FILE) ? errorFiles : null;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Semaphore slots = slots(request);
    if (!Uninterruptibles.tryAcquireUninterruptibly(slots, PATIENCE)) {
      resolver.resolveException(
          request,
          response,
          null,
          new ApiException(ProblemType.TOO_MANY_DOWNLOADS)
              .retryAfter(RETRY_AFTER)
              .closingConnection());
      return;
    }
    try {
      chain.doFilter(request, response);
    } finally {
      slots.release();
    }
  }
}
