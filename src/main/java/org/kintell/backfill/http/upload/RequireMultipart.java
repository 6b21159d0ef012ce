package org.kintell.backfill.http.upload;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.kintell.backfill.http.problem.Problem;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses a body that is not multipart, before anything reads it. An empty body is no body. */
@Component
@Order(1)
public class RequireMultipart extends OncePerRequestFilter {

  private static final Problem SEND_A_FILE =
      problem(
          "Send the CSV file as multipart/form-data in a part named file: curl -F \"file=@sessions.csv\".");
  private static final Problem LEAVE_OUT_THE_BODY =
      problem("Nothing is to be sent here but the request itself: leave out the body.");

  private static final String TAKES_JSON = "/import/backfill/erasure";
  private static final Pattern TAKES_FILES = Pattern.compile("/(start|validate|resume)$");

  private final ObjectMapper json;

  RequireMultipart(ObjectMapper json) {
    this.json = json;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getRequestURI().startsWith("/import/backfill/")
        || request.getRequestURI().equals(TAKES_JSON);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (isMultipart(request) || isEmpty(request)) {
      chain.doFilter(request, response);
      return;
    }
    boolean takesFiles = TAKES_FILES.matcher(request.getRequestURI()).find();
    Problem problem = takesFiles ? SEND_A_FILE : LEAVE_OUT_THE_BODY;
    response.setStatus(problem.status());
    response.setContentType(Problem.MEDIA_TYPE);
    json.writeValue(response.getOutputStream(), problem);
  }

  private static Problem problem(String advice) {
    return Problem.of(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE, "not-multipart", "Not multipart/form-data", advice);
  }

  public static boolean isMultipart(HttpServletRequest request) {
    String type = request.getContentType();
    return type != null && type.toLowerCase(Locale.ROOT).startsWith("multipart/");
  }

  private static boolean isEmpty(HttpServletRequest request) throws IOException {
    long length = request.getContentLengthLong();
    return length == 0
        || (length < 0 && (!isChunked(request) || request.getInputStream().read() < 0));
  }

  public static boolean isChunked(HttpServletRequest request) {
    return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null;
  }
}
