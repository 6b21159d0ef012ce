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
 * Compares an upload with its {@code Content-Digest}. In the file's part, the header covers the
 * file; in the request, the whole multipart body (RFC 9530). Few clients can compute the latter, so
 * the file's checksum is accepted there too: either proves that the file arrived intact.
 */
@Component
@Order(3)
public class UploadDigests extends OncePerRequestFilter {

  private static final String BODY_MATCHES = UploadDigests.class.getName();

  /** Reads the whole body, beyond the last part, so that the valve digests all of it. */
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

  /** False where the body cannot be read; the next access to its parts reports why. */
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
   * @throws ApiException if the file does not match, or a header is invalid
   */
  public void check(HttpServletRequest request, Path file) throws IOException {
    HttpHeaders headers =
        ((MultipartHttpServletRequest) request).getMultipartHeaders(WholeUploads.PART);
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
