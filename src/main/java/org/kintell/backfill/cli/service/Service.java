package org.kintell.backfill.cli.service;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.kintell.backfill.cli.terminal.Output;

/**
 * A service, asked over HTTP. What passes by itself is tried again as long as there is patience.
 */
public final class Service {

  public static final String JOBS = "/import/backfill";

  private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);
  private static final int ANSWER_MILLIS = 60_000;
  private static final int VERSION_MILLIS = 2_000;

  private final Address address;
  private final String key;
  private final Patience patience;
  private final Output output;
  private boolean away;

  /**
   * @param key null for none
   */
  public Service(Address address, String key, Patience patience, Output output) {
    this.address = address;
    this.key = key;
    this.patience = patience;
    this.output = output;
  }

  /**
   * A request.
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
      int millis) {}

  /** Takes an answer; what it throws while reading is tried again. */
  @FunctionalInterface
  interface Reader<T> {
    T read(HttpURLConnection connection) throws IOException;
  }

  public String address() {
    return address.base();
  }

  public Patience patience() {
    return patience;
  }

  /** A JSON object. */
  public JsonObject get(String path) {
    return send(
        new Request("GET", path, Map.of(), true, null, ANSWER_MILLIS),
        connection -> Answer.json(connection, address));
  }

  /** A JSON object; for requests that have the same effect once and twice. */
  public JsonObject post(String path) {
    return post(path, true);
  }

  /** A JSON object; for requests that must not be sent twice. */
  public JsonObject postOnce(String path) {
    return post(path, false);
  }

  private JsonObject post(String path, boolean repeatable) {
    return send(
        new Request("POST", path, Map.of("Prefer", "wait=0"), repeatable, null, ANSWER_MILLIS),
        connection -> Answer.json(connection, address));
  }

  /** Writes the body of an answer to a stream. */
  public void download(String path, OutputStream target) {
    Download download = new Download(target);
    send(
        new Request("GET", path, Map.of(), true, null, ANSWER_MILLIS),
        connection -> {
          download.from(connection.getInputStream());
          return null;
        });
  }

  /** Sends an upload. */
  <T> T upload(
      String path, Map<String, String> headers, UploadBody body, int millis, Reader<T> reader) {
    return send(new Request("POST", path, headers, true, body, millis), reader);
  }

  JsonObject upload(String path, Map<String, String> headers, UploadBody body, int millis) {
    return upload(path, headers, body, millis, connection -> Answer.json(connection, address));
  }

  /** Encodes the value of a parameter. */
  public static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  <T> T send(Request request, Reader<T> reader) {
    while (true) {
      Duration asked = Duration.ZERO;
      String reason;
      try {
        HttpURLConnection connection = prepared(request);
        Cutoff cutoff = cutoff(request, connection);
        try (cutoff) {
          write(request, connection);
          int status = connection.getResponseCode();
          if (!PASSING.contains(status)) {
            if (status / 100 != 2) {
              throw Answer.refusal(connection, status, address);
            }
            T read = reader.read(connection);
            reached();
            return read;
          }
          asked = Answer.retryAfter(connection);
          reason = Answer.reason(connection, status);
        }
      } catch (HttpRetryException e) {
        throw Answer.keyRequired();
      } catch (SSLHandshakeException e) {
        throw new Failure(
            ExitCode.NOT_REACHED,
            "%s has a certificate that is not trusted here. Name its authority with --ca-file"
                .formatted(address.base()));
      } catch (IOException e) {
        if (!request.repeatable() && !(e instanceof ConnectException)) {
          throw new Failure(
              ExitCode.NOT_REACHED,
              "The connection to %s broke off (%s); the request may have arrived. Look at kintell list first"
                  .formatted(address.base(), reason(e)));
        }
        reason = reason(e);
      }
      if (!awaitNext(reason, asked)) {
        throw new Failure(
            ExitCode.NOT_REACHED, "%s: %s. Try again later".formatted(address.base(), reason));
      }
    }
  }

  /** Sends a request once; whatever the answer is, the reader takes it. */
  <T> T tryOnce(Request request, Reader<T> reader) throws IOException {
    HttpURLConnection connection = prepared(request);
    try {
      write(request, connection);
      return reader.read(connection);
    } finally {
      connection.disconnect();
    }
  }

  /** The version of the service; empty where it is not reached at once. */
  public Optional<String> version() {
    try {
      return tryOnce(
          new Request("GET", "/cli/kintell", Map.of(), true, null, VERSION_MILLIS),
          connection -> Optional.ofNullable(connection.getHeaderField("X-Kintell-Version")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Null for a request with a read timeout. */
  private Cutoff cutoff(Request request, HttpURLConnection connection) {
    return request.body() == null
        ? null
        : Cutoff.after(patience.within(request.millis()), connection);
  }

  private HttpURLConnection prepared(Request request) throws IOException {
    HttpURLConnection connection = address.connection(request.path());
    connection.setRequestMethod(request.method());
    connection.setReadTimeout(request.body() == null ? patience.within(request.millis()) : 0);
    connection.setRequestProperty("User-Agent", "kintell");
    if (key != null) {
      connection.setRequestProperty("Authorization", "Bearer " + key);
    }
    request.headers().forEach(connection::setRequestProperty);
    return connection;
  }

  private static void write(Request request, HttpURLConnection connection) throws IOException {
    if (request.body() != null) {
      send(request.body(), connection);
    } else if (request.method().equals("POST")) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(0);
      connection.getOutputStream().close();
    }
  }

  /** The service is asked first whether it wants the body, so that its refusal is not lost. */
  private static void send(UploadBody body, HttpURLConnection connection) throws IOException {
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length());
    connection.setRequestProperty("Content-Type", body.contentType());
    connection.setRequestProperty("Expect", "100-continue");
    OutputStream out;
    try {
      out = connection.getOutputStream();
    } catch (ProtocolException e) {
      // Refused; the answer says why.
      return;
    }
    try (out) {
      body.write(out);
    }
  }

  synchronized void reached() {
    patience.reached();
    if (away) {
      away = false;
      output.notice(address.base() + " answers again");
    }
  }

  /** Waits before the next try, and says once why. */
  boolean awaitNext(String reason, Duration asked) {
    synchronized (this) {
      if (!away) {
        away = true;
        output.notice("%s: %s; trying again".formatted(address.base(), reason));
      }
    }
    return patience.await(asked);
  }

  static String reason(IOException e) {
    if (e instanceof UnknownHostException) {
      return "the host name is unknown";
    }
    if (e instanceof SocketTimeoutException) {
      return "no answer in time";
    }
    return e instanceof ConnectException ? "nothing answers" : "the connection broke off";
  }
}
