package org.kintell.backfill.http.upload;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;
import org.kintell.backfill.http.problem.ApiException;

/**
 * Computes the checksums of a body with a {@code Content-Digest} while Tomcat reads it; {@link
 * UploadDigests} compares them. A filter could not, because Tomcat parses multipart bodies itself.
 */
public class BodyDigestValve extends ValveBase {

  /** The request attribute that holds the {@link Digests}. */
  static final String DIGESTS = Digests.class.getName();

  public BodyDigestValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    List<String> header = Collections.list(request.getHeaders(ContentDigest.HEADER));
    if (header.isEmpty()) {
      getNext().invoke(request, response);
      return;
    }
    org.apache.coyote.Request connection = request.getCoyoteRequest();
    InputBuffer body = connection.getInputBuffer();
    try {
      ContentDigest expected = ContentDigest.parse(header);
      Digests digests = new Digests(body, expected, expected.newDigests());
      connection.setInputBuffer(digests);
      request.setAttribute(DIGESTS, digests);
    } catch (ApiException e) {
      request.setAttribute(DIGESTS, e);
    }
    try {
      getNext().invoke(request, response);
    } finally {
      connection.setInputBuffer(body);
    }
  }

  /** The body, digested while it is read. */
  record Digests(InputBuffer body, ContentDigest expected, List<MessageDigest> digests)
      implements InputBuffer {

    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
      int count = body.doRead(handler);
      if (count > 0) {
        ByteBuffer bytes = handler.getByteBuffer();
        for (MessageDigest digest : digests) {
          digest.update(bytes.duplicate());
        }
      }
      return count;
    }

    @Override
    public int available() {
      return body.available();
    }
  }
}
