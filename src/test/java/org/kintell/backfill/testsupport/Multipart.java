package org.kintell.backfill.testsupport;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;

/** A multipart body, byte for byte as it is sent. */
public final class Multipart {

  private static final String BOUNDARY = "----boundary-of-a-test";

  private final ByteArrayOutputStream parts = new ByteArrayOutputStream();

  /** A field of a form. */
  public Multipart field(String name, String value) {
    return part("form-data; name=\"" + name + '"', value.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The file.
   *
   * @param headers further headers of its part
   */
  public Multipart file(String fileName, byte[] content, String... headers) {
    return part("form-data; name=\"file\"; filename=\"" + fileName + '"', content, headers);
  }

  private Multipart part(String disposition, byte[] content, String... headers) {
    write("--" + BOUNDARY + "\r\nContent-Disposition: " + disposition + "\r\n");
    for (String header : headers) {
      write(header + "\r\n");
    }
    write("\r\n");
    parts.writeBytes(content);
    write("\r\n");
    return this;
  }

  private void write(String text) {
    parts.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The whole body with its end, and text after it, as in a mail. */
  public byte[] body() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(parts.toByteArray());
    body.writeBytes(
        ("--" + BOUNDARY + "--\r\n" + "An epilogue.".repeat(2000))
            .getBytes(StandardCharsets.UTF_8));
    return body.toByteArray();
  }

  /** The request that sends it. */
  public HttpRequest.Builder post(HttpRequest.Builder request) {
    return request
        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
        .POST(BodyPublishers.ofByteArray(body()));
  }
}
