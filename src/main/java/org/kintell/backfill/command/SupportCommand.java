package org.kintell.backfill.command;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.ops.Bundle;

/** The command that writes a support bundle, from the running service if it is reachable. */
final class SupportCommand {

  static final String NAME = "support";

  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USAGE = 2;
  private static final int NOT_ALLOWED = 4;
  private static final int PATIENCE_MILLIS = 30_000;

  private SupportCommand() {}

  static int run(String... arguments) {
    if (arguments.length > 2) {
      StandardStream.error("Usage: " + NAME + " [<file>]");
      return WRONG_USAGE;
    }
    String file =
        arguments.length == 2
            ? arguments[1]
            : "kintell-support-%s.zip"
                .formatted(
                    LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")));
    String server = server();
    byte[] zip;
    try {
      HttpURLConnection asked = ask(server);
      int status = asked.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK) {
        StandardStream.error(
            "%s answered %d. Set KINTELL_KEY to the key of an administrator"
                .formatted(server, status));
        return status == HttpURLConnection.HTTP_UNAUTHORIZED
                || status == HttpURLConnection.HTTP_FORBIDDEN
            ? NOT_ALLOWED
            : FAILED;
      }
      zip = asked.getInputStream().readAllBytes();
    } catch (IOException e) {
      StandardStream.error(
          "No service answers at %s, so the bundle has version and settings only. KINTELL_SERVER names another address"
              .formatted(server));
      zip = new Bundle().zip();
    }
    return write(Path.of(file), zip);
  }

  private static HttpURLConnection ask(String server) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(server + "/actuator/support").toURL().openConnection();
    connection.setConnectTimeout(PATIENCE_MILLIS);
    connection.setReadTimeout(PATIENCE_MILLIS);
    String key = System.getenv("KINTELL_KEY");
    if (key != null) {
      connection.setRequestProperty("X-API-Key", key);
    }
    return connection;
  }

  private static String server() {
    String named = System.getenv("KINTELL_SERVER");
    if (named != null) {
      return named.replaceFirst("/+$", "");
    }
    String port = System.getenv().getOrDefault("SERVER_PORT", "3002");
    return "http://127.0.0.1:" + System.getenv().getOrDefault("MANAGEMENT_SERVER_PORT", port);
  }

  private static int write(Path file, byte[] zip) {
    try (FileChannel bundle = FileModes.PRIVATE.create(file)) {
      bundle.write(ByteBuffer.wrap(zip));
      StandardStream.out(file.toString());
      return DONE;
    } catch (IOException e) {
      StandardStream.error(
          "%s cannot be written (%s)".formatted(file, e.getClass().getSimpleName()));
      return FAILED;
    }
  }
}
