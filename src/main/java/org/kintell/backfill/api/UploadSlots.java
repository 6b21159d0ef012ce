package org.kintell.backfill.api;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.kintell.backfill.access.RefusedException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Lets only so many uploads in at once. Each holds a thread while it is received, however slowly it
 * is sent, and another one while it is indexed; so others would be left without.
 */
@Component
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
    return !RequireMultipart.isMultipart(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (!free.tryAcquire()) {
      resolver.resolveException(
          request, response, null, RefusedException.tooManyUploads(RETRY_AFTER));
      return;
    }
    Slot slot = new Slot();
    try {
      chain.doFilter(request, response);
    } finally {
      // Whoever waits for the end of a job has been received, and holds nothing any more.
      boolean waits = request.getRequestURI().endsWith("/resume");
      if (waits || !request.isAsyncStarted() || !slot.isFreedAtTheEndOf(request)) {
        slot.free();
      }
    }
  }

  private final class Slot implements AsyncListener {
    private final AtomicBoolean taken = new AtomicBoolean(true);

    void free() {
      if (taken.compareAndSet(true, false)) {
        free.release();
      }
    }

    boolean isFreedAtTheEndOf(HttpServletRequest request) {
      try {
        request.getAsyncContext().addListener(this);
        return true;
      } catch (IllegalStateException e) {
        // It ended at this very moment.
        return false;
      }
    }

    @Override
    public void onComplete(AsyncEvent event) {
      free();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
      free();
    }

    @Override
    public void onError(AsyncEvent event) {
      free();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
      event.getAsyncContext().addListener(this);
    }
  }
}
