package org.kintell.backfill.cli.service;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** A multipart body with one file and its checksum. */
final class UploadBody {

  private final LocalFile file;
  private final LongConsumer sent;
  private final String boundary;
  private final byte[] head;
  private final byte[] tail;

  /**
   * @param sent takes the bytes of the file that were written so far
   */
  UploadBody(LocalFile file, LongConsumer sent) {
    this.file = file;
    this.sent = sent;
    // The content cannot hold its own checksum.
    boundary = "kintell-" + HexFormat.of().formatHex(file.sha256()).substring(0, 48);
    head =
        """
        --%s\r
        Content-Disposition: form-data; name="file"; filename="%s"\r
        Content-Type: application/octet-stream\r
        Content-Digest: sha-256=:%s:\r
        \r
        """
            .formatted(
                boundary, quoted(file.name()), Base64.getEncoder().encodeToString(file.sha256()))
            .getBytes(StandardCharsets.UTF_8);
    tail = "\r\n--%s--\r\n".formatted(boundary).getBytes(StandardCharsets.UTF_8);
  }

  /** As browsers do. */
  private static String quoted(String name) {
    return name.replace("\"", "%22").replace("\r", "%0D").replace("\n", "%0A");
  }

  String contentType() {
    return "multipart/form-data; boundary=" + boundary;
  }

  long length() {
    return head.length + file.size() + tail.length;
  }

  void write(OutputStream out) throws IOException {
    out.write(head);
    file.write(out, sent);
    out.write(tail);
  }
}
