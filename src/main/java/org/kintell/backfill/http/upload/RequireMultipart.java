package org.kintell.backfill.http.upload;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.row.Visible;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Refuses a body that is not multipart before anything reads it. An empty body counts as none. */
@Component
@Order(1)
public class RequireMultipart extends OncePerRequestFilter {

  private static final Pattern TAKES_JSON =
      Pattern.compile("/import/backfill/(erasure|[^/]+/corrections)");
  private static final Pattern TAKES_FILES = Pattern.compile("/(start|validate|resume)$");

  private static final int LONGEST_SHOWN = 40;

  private final HandlerExceptionResolver resolver;

  RequireMultipart(@Qualifier("handlerExceptionResolver") HandlerExceptionResolver resolver) {
    this.resolver = resolver;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith("/import/backfill/")
        || TAKES_JSON.matcher(request.getRequestURI()).matches();
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    if (encoding != null && !encoding.equalsIgnoreCase("identity") && !isEmpty(request)) {
      response.setHeader(HttpHeaders.ACCEPT_ENCODING, "identity");
      resolver.resolveException(
          request, response, null, new ApiException(ProblemType.ENCODED_BODY, shown(encoding)));
      return;
    }
    if (isMultipart(request) || isEmpty(request)) {
      chain.doFilter(request, response);
      return;
    }
    boolean takesFiles = TAKES_FILES.matcher(request.getRequestURI()).find();
    ProblemType problem = takesFiles ? ProblemType.NOT_MULTIPART : ProblemType.NO_BODY_ALLOWED;
    resolver.resolveException(request, response, null, new ApiException(problem));
  }

  /** A header's value, fit for an answer. */
  static String shown(String value) {
    return Visible.of(value, LONGEST_SHOWN);
  }

  public static boolean isMultipart(HttpServletRequest request) {
    String type = request.getContentType();
    return type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/");
  }

  static boolean isEmpty(HttpServletRequest request) throws IOException {
    long length = request.getContentLengthLong();
    return length == 0
        || (length < 0 && (!isChunked(request) || request.getInputStream().read() < 0));
  }

  public static boolean isChunked(HttpServletRequest request) {
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
  }
}
