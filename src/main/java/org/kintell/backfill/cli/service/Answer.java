package org.kintell.backfill.cli.service;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.kintell.backfill.cli.terminal.Text;

/** Reads what a service answers, and turns what it refuses into a {@link Failure}. */
final class Answer {

  private static final String PROBLEM_TYPES = "urn:kintell-connector:problem:";
  private static final int MOST_BYTES = 64 * 1024 * 1024;
  private static final int LONGEST_RETRY_AFTER = 3600;

  /** Problems that mean wrong usage. */
  private static final Set<String> WRONG_USAGE =
      Set.of("invalid-parameter", "unknown-cause", "unknown-charset");

  /** Java does not show the body of an answer that refuses an upload before it is sent. */
  private static final Map<Integer, String> BY_STATUS =
      Map.of(
          HttpURLConnection.HTTP_UNAUTHORIZED,
          "This service requires a valid API key. Log in: kintell login",
          HttpURLConnection.HTTP_FORBIDDEN,
          "Your key does not allow this. To see its role: kintell whoami",
          HttpURLConnection.HTTP_ENTITY_TOO_LARGE,
          "The file is larger than this service accepts. Send it gzipped, or split it");

  private Answer() {}

  /** A JSON object. */
  static JsonObject json(HttpURLConnection connection, Address address) throws IOException {
    return object(read(connection.getInputStream()), address);
  }

  private static JsonObject object(String text, Address address) {
    try {
      JsonElement parsed = JsonParser.parseString(text);
      if (parsed.isJsonObject()) {
        return parsed.getAsJsonObject();
      }
    } catch (JsonParseException e) {
      // Said below.
    }
    throw new Failure(
        ExitCode.FAILED,
        "%s does not answer as a kintell-connector does. Check --server, and what stands between"
            .formatted(address.base()));
  }

  /** Why the service refuses. */
  static Failure refusal(HttpURLConnection connection, int status, Address address)
      throws IOException {
    String text = read(connection.getErrorStream());
    String type = connection.getContentType();
    if (text.isBlank() && BY_STATUS.containsKey(status)) {
      return new Failure(exitCode(status, ""), BY_STATUS.get(status));
    }
    if (type == null || !type.contains("json")) {
      return new Failure(
          ExitCode.FAILED,
          "%s answers %d%s. Check --server, and what stands between"
              .formatted(
                  address.base(),
                  status,
                  status / 100 == 3 ? ", a redirect" : ", not as a kintell-connector does"));
    }
    JsonObject problem = object(text, address);
    String name = Text.text(problem, "type").replace(PROBLEM_TYPES, "");
    String detail = Text.text(problem, "detail");
    return new Failure(
        exitCode(status, name),
        Text.harmless(detail.isEmpty() ? Text.text(problem, "title") : detail)
            + (status == HttpURLConnection.HTTP_UNAUTHORIZED ? " Log in: kintell login" : ""),
        problem);
  }

  /** The failure of an upload without a valid key. */
  static Failure keyRequired() {
    return new Failure(ExitCode.NOT_ALLOWED, BY_STATUS.get(HttpURLConnection.HTTP_UNAUTHORIZED));
  }

  private static int exitCode(int status, String type) {
    if (status == HttpURLConnection.HTTP_UNAUTHORIZED
        || status == HttpURLConnection.HTTP_FORBIDDEN) {
      return ExitCode.NOT_ALLOWED;
    }
    if (WRONG_USAGE.contains(type)) {
      return ExitCode.WRONG_USAGE;
    }
    return status >= 500 ? ExitCode.FAILED : ExitCode.REFUSED;
  }

  /** How long the service asks to wait; zero where it does not say. */
  static Duration retryAfter(HttpURLConnection connection) {
    String seconds = connection.getHeaderField("Retry-After");
    return seconds != null && seconds.matches("\\d{1,9}")
        ? Duration.ofSeconds(Math.min(Long.parseLong(seconds), LONGEST_RETRY_AFTER))
        : Duration.ZERO;
  }

  /** The reason of a temporary refusal, for people. */
  static String reason(HttpURLConnection connection, int status) throws IOException {
    String text = read(connection.getErrorStream());
    try {
      JsonElement problem = JsonParser.parseString(text);
      if (problem.isJsonObject()) {
        return Text.harmless(Text.text(problem.getAsJsonObject(), "title"));
      }
    } catch (JsonParseException e) {
      // Some proxy's page: the status must do.
    }
    return "HTTP " + status;
  }

  private static String read(InputStream body) throws IOException {
    return body == null ? "" : new String(body.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
  }
}
