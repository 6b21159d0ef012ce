package org.kintell.backfill.http.upload;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import org.kintell.backfill.http.problem.ApiException;
import org.kintell.backfill.http.problem.ProblemType;
import org.kintell.backfill.http.upload.BodyDigestValve.Digests;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/**
 * Whether an upload is what its sender took the checksum of. A {@code Content-Digest} of the file's
 * part is of the file. One of the request is of the whole multipart body, by RFC 9530; as few
 * clients can tell that, the checksum of the file is taken there, too: either proves that the file
 * arrived as it was sent.
 */
@Component
@Order(3)
public class UploadDigests extends OncePerRequestFilter {

  private static final String BODY_MATCHES = UploadDigests.class.getName();

  /** Has the whole body read while its bytes are digested, up to the end behind the last part. */
  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (request.getAttribute(BodyDigestValve.DIGESTS) instanceof Digests digests
        && readToItsEnd(request)) {
      request.setAttribute(BODY_MATCHES, digests.expected().matches(digests.digests()));
    }
    chain.doFilter(request, response);
  }

  /** False where the body cannot be read, which is told when its parts are asked for again. */
  private static boolean readToItsEnd(HttpServletRequest request) {
    try {
      request.getParts();
      request.getInputStream().transferTo(OutputStream.nullOutputStream());
      return true;
    } catch (IOException | ServletException | RuntimeException e) {
      return false;
    }
  }

  /**
   * Checks the file of a request.
   *
   * @throws ApiException when it is not what a checksum promises, or that cannot be checked
   */
  public void check(MultipartHttpServletRequest request, String part, Path file)
      throws IOException {
    HttpHeaders headers = request.getMultipartHeaders(part);
    List<String> ofPart = headers == null ? null : headers.get(ContentDigest.HEADER);
    if (ofPart != null && !ContentDigest.parse(ofPart).matches(file)) {
      throw new ApiException(ProblemType.DIGEST_MISMATCH);
    }
    Object ofRequest = request.getAttribute(BodyDigestValve.DIGESTS);
    if (ofRequest instanceof ApiException problem) {
      throw problem;
    }
    if (ofRequest instanceof Digests digests
        && !Boolean.TRUE.equals(request.getAttribute(BODY_MATCHES))
        && !digests.expected().matches(file)) {
      throw new ApiException(ProblemType.DIGEST_MISMATCH);
    }
  }
}
