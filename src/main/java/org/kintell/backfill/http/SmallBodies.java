package org.kintell.backfill.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.http.upload.RequireMultipart;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Limits the size of a body that is not an upload: JSON is read into memory whole. */
@Component
@Order(2)
class SmallBodies extends OncePerRequestFilter {

  private static final long LARGEST = 1024 * 1024;

  /** Thousands of rows may be corrected at once. */
  private static final long LARGEST_CORRECTIONS = 8 * LARGEST;

  private final HandlerExceptionResolver resolver;

  SmallBodies(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver) {
    this.resolver = resolver;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return RequireMultipart.isMultipart(request);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    long largest = request.getRequestURI().endsWith("/corrections") ? LARGEST_CORRECTIONS : LARGEST;
    if (request.getContentLengthLong() > largest) {
      resolver.resolveException(
          request, response, null, new ApiException(ProblemType.BODY_TOO_LARGE, largest));
    } else if (RequireMultipart.isChunked(request)) {
      chain.doFilter(new Bounded(request, largest), response);
    } else {
      chain.doFilter(request, response);
    }
  }

  /** A request of unknown length. */
  private static final class Bounded extends HttpServletRequestWrapper {

    private final long largest;

    Bounded(HttpServletRequest request, long largest) {
      super(request);
      this.largest = largest;
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
      return new BoundedBody(super.getInputStream(), largest);
    }

    @Override
    public BufferedReader getReader() throws IOException {
      String encoding = getCharacterEncoding();
      return new BufferedReader(
          new InputStreamReader(
              getInputStream(), encoding == null ? StandardCharsets.UTF_8.name() : encoding));
    }
  }

  private static final class BoundedBody extends ServletInputStream {
    private final ServletInputStream body;
    private final long largest;
    private long read;

    BoundedBody(ServletInputStream body, long largest) {
      this.body = body;
      this.largest = largest;
    }

    @Override
    public int read() throws IOException {
      int value = body.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = body.read(bytes, offset, length);
      count(count);
      return count;
    }

    private void count(int more) {
      read += Math.max(more, 0);
      if (read > largest) {
        throw new ApiException(ProblemType.BODY_TOO_LARGE, largest);
      }
    }

    @Override
    public boolean isFinished() {
      return body.isFinished();
    }

    @Override
    public boolean isReady() {
      return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      body.setReadListener(listener);
    }
  }
}
