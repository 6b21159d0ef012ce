package org.kintell.backfill.cli.terminal;

import com.google.gson.JsonObject;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The two streams: data to the standard output, everything else to the standard error. A reader
 * that has gone ends the output, not the command, whose exit code still counts.
 */
public final class Output {

  private final OutputStream out;
  private final OutputStream error;
  private List<String> pinned = List.of();
  private boolean quiet;
  private boolean readerGone;

  /** The streams of this process. */
  public Output() {
    this(new FileOutputStream(FileDescriptor.out), new FileOutputStream(FileDescriptor.err));
  }

  Output(OutputStream out, OutputStream error) {
    this.out = out;
    this.error = error;
  }

  /** From now on notices are left out. */
  public void quiet() {
    quiet = true;
  }

  /** Writes a line of data. */
  public void data(String line) {
    try {
      bytes().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a JSON document on one line, with its type. */
  public void json(String type, JsonObject document) {
    JsonObject line = new JsonObject();
    line.addProperty("type", type);
    document.entrySet().forEach(field -> line.add(field.getKey(), field.getValue()));
    data(line.toString());
  }

  /** The standard output for bytes; closing it closes nothing. */
  public OutputStream bytes() {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int from, int count) throws IOException {
        toOutput(bytes, from, count);
      }
    };
  }

  private synchronized void toOutput(byte[] bytes, int from, int count) throws IOException {
    if (readerGone) {
      return;
    }
    List<String> lines = pinned;
    pin(List.of());
    try {
      out.write(bytes, from, count);
    } catch (IOException e) {
      if (!"Broken pipe".equals(e.getMessage())) {
        throw e;
      }
      readerGone = true;
    }
    pin(lines);
  }

  /** Writes a notice for people, unless the command is quiet. */
  public void notice(String line) {
    if (!quiet) {
      toError(line + "\n");
    }
  }

  /** Asks for something; the answer is typed on the same line. */
  public void prompt(String text) {
    toError(text);
  }

  /** Writes an error. */
  public void error(String line) {
    toError(line + "\n");
  }

  /**
   * The last words of a command that somebody interrupts; not synchronized, since a writer may be
   * stuck.
   */
  public void interrupted(List<String> lines) {
    List<String> moving = pinned;
    write(
        (moving.isEmpty() ? "" : "\n") + String.join("\n", lines) + (lines.isEmpty() ? "" : "\n"));
  }

  /**
   * Keeps these lines at the bottom of the terminal, in place of the ones before; everything else
   * is written above them.
   */
  synchronized void pin(List<String> lines) {
    StringBuilder text = new StringBuilder();
    if (!pinned.isEmpty()) {
      text.append(pinned.size() > 1 ? "\u001b[" + (pinned.size() - 1) + "A" : "")
          .append("\r\u001b[J");
    }
    pinned = List.copyOf(lines);
    text.append(String.join("\n", lines));
    write(text.toString());
  }

  private synchronized void toError(String text) {
    List<String> lines = pinned;
    pin(List.of());
    write(text);
    pin(lines);
  }

  /** The standard error may be closed, which changes nothing. */
  private void write(String text) {
    try {
      error.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // There is no stream left to say so.
    }
  }
}
