package org.kintell.backfill.cli.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What is known about the terminal.
 *
 * @param input whether the standard input is one
 * @param output whether the standard output is one
 * @param error whether the standard error is one
 * @param plain whether it takes no control sequences, or nobody sits before it
 */
public record Terminal(boolean input, boolean output, boolean error, boolean plain) {

  /** Set by the launcher: the numbers of the streams that are terminals, as {@code 02}. */
  private static final String STREAMS = "kintell.terminals";

  private static final int USUAL_WIDTH = 80;
  private static final int LEAST_WIDTH = 20;
  private static final int PATIENCE_SECONDS = 2;

  /** The terminal of this process. */
  public static Terminal of(Map<String, String> environment) {
    String streams = System.getProperty(STREAMS);
    if (streams == null) {
      streams = hasConsole() ? "012" : "";
    }
    String type = environment.getOrDefault("TERM", "dumb");
    return new Terminal(
        streams.contains("0"),
        streams.contains("1"),
        streams.contains("2"),
        type.equals("dumb") || isSet(environment.get("CI")));
  }

  /** Without the launcher: newer Javas have a console also where there is no terminal. */
  private static boolean hasConsole() {
    return Runtime.version().feature() < 22 && System.console() != null;
  }

  private static boolean isSet(String value) {
    return value != null && !value.isEmpty() && !value.equals("false");
  }

  /** Whether a line may be written over and over. */
  boolean movesLines() {
    return error && !plain;
  }

  /** Columns of the terminal, as it is now; Java cannot ask by itself. */
  int width() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(Path.of("/dev/tty").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      stty.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      String[] rowsAndColumns = size.strip().split(" ");
      int columns = Integer.parseInt(rowsAndColumns[rowsAndColumns.length - 1]);
      return columns < LEAST_WIDTH ? USUAL_WIDTH : columns;
    } catch (IOException | NumberFormatException e) {
      return USUAL_WIDTH;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return USUAL_WIDTH;
    }
  }
}
