package org.kintell.backfill.cli.service;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;
import org.kintell.backfill.cli.terminal.Output;

/**
 * A service, reached over HTTP. Temporary failures are retried as long as {@link Patience} lasts.
 */
public final class Service {

  private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

  /** Statuses of the service itself; the others come from a proxy that does not reach it. */
  private static final Set<Integer> BUSY = Set.of(429, 503);

  private static final int VERSION_MILLIS = 2_000;

  /** A proxy may refuse a large body by closing the connection each time. */
  private static final int MOST_UPLOADS = 5;

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

  /** Reads an answer; an exception while reading leads to another try. */
  @FunctionalInterface
  interface Reader<T> {
    T read(HttpURLConnection connection) throws IOException;
  }

  public String address() {
    return address.base();
  }

  Patience patience() {
    return patience;
  }

  /** A JSON object. */
  public JsonObject get(String path) {
    return json(Request.get(path));
  }

  /** A JSON object; for requests that have the same effect once and twice. */
  public JsonObject post(String path) {
    return json(Request.post(path, true));
  }

  /** A JSON object; for requests that must not be sent twice. */
  public JsonObject postOnce(String path) {
    return json(Request.post(path, false));
  }

  JsonObject json(Request request) {
    return send(request, connection -> Answer.json(connection, address));
  }

  /** Writes the body of an answer to a stream. */
  public void download(String path, OutputStream target) {
    download(Request.get(path), target);
  }

  void download(Request request, OutputStream target) {
    Download download = new Download(target);
    send(
        request,
        connection -> {
          download.from(connection.getInputStream());
          return null;
        });
  }

  private <T> T send(Request request, Reader<T> reader) {
    int brokenOff = 0;
    while (true) {
      Duration asked = Duration.ZERO;
      String reason;
      try {
        HttpURLConnection connection = request.connection(address, key, patience);
        Cutoff cutoff = request.cutoff(connection, patience);
        try (cutoff) {
          request.write(connection, this::reached);
          int status = connection.getResponseCode();
          if (!PASSING.contains(status)) {
            if (status / 100 != 2) {
              throw Answer.refusal(connection, status, address);
            }
            T read = reader.read(connection);
            reached();
            return read;
          }
          if (BUSY.contains(status)) {
            patience.busy();
          } else if (!request.repeatable()) {
            throw mayHaveArrived("HTTP " + status);
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
          throw mayHaveArrived(reason(e));
        }
        reason = reason(e);
        if (request.body() != null && !(e instanceof ConnectException)) {
          brokenOff++;
        }
      }
      if (brokenOff == MOST_UPLOADS || !awaitNext(reason, asked)) {
        throw new Failure(
            ExitCode.NOT_REACHED, "%s: %s. Try again later".formatted(address.base(), reason));
      }
    }
  }

  private Failure mayHaveArrived(String reason) {
    return new Failure(
        ExitCode.NOT_REACHED,
        "The connection to %s broke off (%s); the request may have arrived. Look at kintell list first"
            .formatted(address.base(), reason));
  }

  /** Sends a request once; the reader gets the answer, whatever its status. */
  <T> T tryOnce(Request request, Reader<T> reader) throws IOException {
    HttpURLConnection connection = request.connection(address, key, patience);
    try {
      request.write(connection, this::reached);
      return reader.read(connection);
    } finally {
      connection.disconnect();
    }
  }

  /** The version of the service; empty where it is not reached at once. */
  public Optional<String> version() {
    try {
      return tryOnce(
          new Request("HEAD", "/cli/kintell", Map.of(), true, null, VERSION_MILLIS),
          connection -> Optional.ofNullable(connection.getHeaderField("X-Kintell-Version")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private synchronized void reached() {
    patience.reached();
    if (away) {
      away = false;
      output.notice(address.base() + " answers again");
    }
  }

  /** Waits before the next try, and says once why. */
  private boolean awaitNext(String reason, Duration asked) {
    synchronized (this) {
      if (!away) {
        away = true;
        output.notice("%s: %s; trying again".formatted(address.base(), reason));
      }
    }
    return patience.await(asked);
  }

  private static String reason(IOException e) {
    if (e instanceof UnknownHostException) {
      return "the host name is unknown";
    }
    if (e instanceof SocketTimeoutException) {
      return "no answer in time";
    }
    return e instanceof ConnectException ? "nothing answers" : "the connection broke off";
  }
}
