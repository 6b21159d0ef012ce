package org.kintell.backfill.devservices;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs PostgreSQL's programs, and reports their output when they fail. */
final class PostgresProgram {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresProgram.class);

  /** Longer than any output of a failing server. */
  private static final int MOST_LINES = 1000;

  /** Beginnings of error lines and of the details that follow them. */
  private static final Pattern REASON =
      Pattern.compile(".*?(?:PANIC|FATAL|ERROR|error|could not start server): +(.*)");

  private static final Pattern FURTHER = Pattern.compile(".*?(?:DETAIL|HINT|detail|hint): +(.*)");

  private static final long LAST_WORDS_MILLIS = 1000;

  private final Path binaries;

  PostgresProgram(Path binaries) {
    this.binaries = binaries;
  }

  /**
   * Runs a program to its end.
   *
   * @param input text for its standard input
   * @return its output
   * @throws IOException if it fails; the message is its output in one line
   */
  List<String> run(String input, String name, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      // PostgreSQL refuses to run as root; in its own namespace it has another user id.
      command.addAll(List.of("unshare", "-U"));
    }
    command.add(binaries.resolve("bin").resolve(name).toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // The user's psql settings must not change the connection.
    builder.environment().keySet().removeIf(variable -> variable.startsWith("PG"));
    Process process = builder.start();
    List<String> output = new CopyOnWriteArrayList<>();
    Thread reader = new Thread(() -> read(process, output), "postgres-output");
    reader.setDaemon(true);
    reader.start();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.debug("{} did not read its input: {}", name, e.toString());
    }
    try {
      int exit = process.waitFor();
      // A server that pg_ctl has started keeps the stream open, so the stream may never end.
      if (exit != 0 || !name.equals("pg_ctl")) {
        reader.join(LAST_WORDS_MILLIS);
      }
      if (exit != 0) {
        throw new IOException(name + ": " + reason(output));
      }
      return List.copyOf(output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Such as 17. */
  String majorVersion() throws IOException {
    return String.join(" ", run("", "postgres", List.of("--version")))
        .replaceAll(".*\\) (\\d+).*", "$1");
  }

  /** On Linux; elsewhere there is no {@code unshare}. */
  private static boolean isRoot() throws IOException {
    Path self = Path.of("/proc/self");
    return Files.exists(self) && Files.getAttribute(self, "unix:uid").equals(0);
  }

  private static void read(Process process, List<String> output) {
    try (BufferedReader lines = process.inputReader()) {
      for (String line; (line = lines.readLine()) != null; ) {
        LOG.debug("{}", line);
        if (output.size() < MOST_LINES) {
          output.add(line);
        }
      }
    } catch (IOException e) {
      LOG.debug("Nothing more to read: {}", e.toString());
    }
  }

  /** The first error with its details; later ones follow from it. */
  private static String reason(List<String> output) {
    for (int i = 0; i < output.size(); i++) {
      var reason = REASON.matcher(output.get(i));
      if (reason.matches()) {
        StringBuilder words = new StringBuilder(reason.group(1));
        for (int j = i + 1; j < output.size(); j++) {
          var further = FURTHER.matcher(output.get(j));
          if (!further.matches()) {
            break;
          }
          words
              .append(words.charAt(words.length() - 1) == '.' ? " " : ". ")
              .append(further.group(1));
        }
        return words.toString();
      }
    }
    return String.join(" ", output);
  }
}
