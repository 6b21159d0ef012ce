package org.kintell.backfill.cli.service;

import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Map;

/**
 * A request, which may be sent several times.
 *
 * @param repeatable whether it may be sent again when nobody knows whether it arrived
 * @param body null for none
 * @param millis how long the answer may take
 */
record Request(
    String method,
    String path,
    Map<String, String> headers,
    boolean repeatable,
    UploadBody body,
    int millis) {

  private static final int ANSWER_MILLIS = 60_000;

  /** A large file takes long on a slow line, and a dry run answers at its end. */
  private static final int UPLOAD_MILLIS = (int) Duration.ofHours(12).toMillis();

  /** As long as Java waits for {@code 100 Continue}; then it sends the body all the same. */
  private static final long CONTINUE_NANOS = Duration.ofSeconds(5).toNanos();

  static Request get(String path) {
    return new Request("GET", path, Map.of(), true, null, ANSWER_MILLIS);
  }

  static Request post(String path, boolean repeatable) {
    return new Request("POST", path, Map.of("Prefer", "wait=0"), repeatable, null, ANSWER_MILLIS);
  }

  static Request upload(String path, Map<String, String> headers, UploadBody body) {
    return new Request("POST", path, headers, true, body, UPLOAD_MILLIS);
  }

  /** A connection to send it over, not open yet. */
  HttpURLConnection connection(Address address, String key, Patience patience) throws IOException {
    HttpURLConnection connection = address.connection(path);
    connection.setRequestMethod(method);
    connection.setReadTimeout(body == null ? patience.within(millis) : 0);
    connection.setRequestProperty("User-Agent", "kintell");
    if (key != null) {
      connection.setRequestProperty("Authorization", "Bearer " + key);
    }
    headers.forEach(connection::setRequestProperty);
    return connection;
  }

  /** Null for a request with a read timeout. */
  Cutoff cutoff(HttpURLConnection connection, Patience patience) {
    return body == null ? null : Cutoff.after(patience.within(millis), connection);
  }

  /**
   * Sends it.
   *
   * @param wanted called when the service has answered that it wants the body
   */
  void write(HttpURLConnection connection, Runnable wanted) throws IOException {
    if (body != null) {
      writeBody(connection, wanted);
    } else if (method.equals("POST")) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(0);
      connection.getOutputStream().close();
    }
  }

  /** The service is asked first whether it wants the body, so that its refusal is not lost. */
  private void writeBody(HttpURLConnection connection, Runnable wanted) throws IOException {
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length());
    connection.setRequestProperty("Content-Type", body.contentType());
    connection.setRequestProperty("Expect", "100-continue");
    long start = System.nanoTime();
    OutputStream out;
    try {
      out = connection.getOutputStream();
    } catch (ProtocolException e) {
      // Refused; the answer says why.
      return;
    }
    try (out) {
      if (System.nanoTime() - start < CONTINUE_NANOS) {
        wanted.run();
      }
      body.write(out);
    }
  }
}
