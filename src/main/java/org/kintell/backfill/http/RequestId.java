package org.kintell.backfill.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Puts the request's id into the answer and, with the job's id, into the log lines. The id is the
 * client's if it is presentable, else a new one.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class RequestId extends OncePerRequestFilter {

  private static final String HEADER = "X-Request-Id";
  private static final Pattern PRESENTABLE = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final Pattern JOB =
      Pattern.compile("/import/backfill/(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})/");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String sent = request.getHeader(HEADER);
    boolean presentable = sent != null && PRESENTABLE.matcher(sent).matches();
    String id = presentable ? sent : newId();
    response.setHeader(HEADER, id);
    MDC.put("requestId", id);
    Matcher job = JOB.matcher(request.getRequestURI());
    if (job.find()) {
      MDC.put("jobId", job.group(1));
    }
    try {
      chain.doFilter(request, response);
    } finally {
      MDC.clear();
    }
  }

  /** Not from SecureRandom, which serves one thread at a time: an id is not secret. */
  private static String newId() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }
}
