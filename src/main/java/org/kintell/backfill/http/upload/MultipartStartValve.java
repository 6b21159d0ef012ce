package org.kintell.backfill.http.upload;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.InputBuffer;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Detects how the first line of a multipart body ends. Tomcat, which parses these bodies, finds no
 * parts in one whose lines end with LF and reports it as cut short.
 */
public class MultipartStartValve extends ValveBase {

  private static final String START = Start.class.getName();

  public MultipartStartValve() {
    super(true);
  }

  @Override
  public void invoke(Request request, Response response) throws IOException, ServletException {
    if (!RequireMultipart.isMultipart(request)) {
      getNext().invoke(request, response);
      return;
    }
    org.apache.coyote.Request connection = request.getCoyoteRequest();
    InputBuffer body = connection.getInputBuffer();
    Start start = new Start(body);
    connection.setInputBuffer(start);
    request.setAttribute(START, start);
    try {
      getNext().invoke(request, response);
    } finally {
      connection.setInputBuffer(body);
    }
  }

  /** Whether the first line of a request's body that was read ends with LF alone. */
  static boolean hasBareLineFeed(HttpServletRequest request) {
    return request.getAttribute(START) instanceof Start start && start.bareLineFeed;
  }

  /** Whether any byte of a request's body was read. */
  static boolean hasBegun(HttpServletRequest request) {
    return request.getAttribute(START) instanceof Start start && start.begun;
  }

  /** The body, watched until its first line ends. */
  private static final class Start implements InputBuffer {
    private final InputBuffer body;
    private boolean begun;
    private boolean ended;
    private boolean bareLineFeed;
    private byte last;

    Start(InputBuffer body) {
      this.body = body;
    }

    @Override
    public int doRead(ApplicationBufferHandler handler) throws IOException {
      int count = body.doRead(handler);
      begun |= count > 0;
      if (count > 0 && !ended) {
        look(handler.getByteBuffer().duplicate());
      }
      return count;
    }

    private void look(ByteBuffer bytes) {
      while (bytes.hasRemaining() && !ended) {
        byte b = bytes.get();
        ended = b == '\n';
        bareLineFeed = ended && last != '\r';
        last = b;
      }
    }

    @Override
    public int available() {
      return body.available();
    }
  }
}
