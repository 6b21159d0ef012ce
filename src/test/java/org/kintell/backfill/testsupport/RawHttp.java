package org.kintell.backfill.testsupport;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Requests that an HTTP client would not make: any header, from any address of this machine. */
public final class RawHttp {

  private static final int PATIENCE_MILLIS = 60_000;
  private static final String BLANK_LINE = "\r\n\r\n";

  private RawHttp() {}

  /**
   * Sends a request and returns the whole answer; of an endless stream of events, only its head.
   *
   * @param from the address of the sender, such as 127.0.0.7
   * @param head the request line and the headers, a line each; a missing Host is added
   */
  public static String send(String from, int port, String head, String body) {
    try (Socket socket = new Socket()) {
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      socket.setSoTimeout(PATIENCE_MILLIS);
      String host =
          head.toLowerCase(Locale.ROOT).contains("\nhost:") ? "" : "Host: localhost:" + port + "\n";
      String request = head.strip() + "\n" + host + "Connection: close\n\n";
      socket
          .getOutputStream()
          .write((request.replace("\n", "\r\n") + body).getBytes(StandardCharsets.UTF_8));
      return answer(new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String answer(InputStream in) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    int ofBlankLine = 0;
    while (ofBlankLine < BLANK_LINE.length()) {
      int next = in.read();
      if (next < 0) {
        return answer.toString(StandardCharsets.UTF_8);
      }
      answer.write(next);
      boolean goesOn = next == BLANK_LINE.charAt(ofBlankLine);
      ofBlankLine = goesOn ? ofBlankLine + 1 : next == BLANK_LINE.charAt(0) ? 1 : 0;
    }
    String head = answer.toString(StandardCharsets.UTF_8);
    if (head.contains("Content-Type: text/event-stream")) {
      return head;
    }
    in.transferTo(answer);
    return answer.toString(StandardCharsets.UTF_8);
  }

  /** The same from 127.0.0.1, without a body. */
  public static String send(int port, String head) {
    return send("127.0.0.1", port, head, "");
  }

  /** The status of an answer. */
  public static int status(String answer) {
    return Integer.parseInt(answer.substring(9, 12));
  }
}
