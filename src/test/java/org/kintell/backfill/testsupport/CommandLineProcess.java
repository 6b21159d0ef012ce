package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * The command line in a process of its own, as its users run it: the file that the service hands
 * out.
 */
public final class CommandLineProcess {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Path folder;
  private final Path file;
  private final Map<String, String> environment = new HashMap<>();

  /** A user with an empty home folder, who has fetched the file from the service on this port. */
  public CommandLineProcess(int port, Path folder) {
    this.folder = folder;
    file = folder.resolve("kintell");
    try {
      Files.write(file, new BackfillClient(port).get("/cli/kintell").response().body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    file.toFile().setExecutable(true);
    environment.put("HOME", folder.toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("PATH", System.getenv("PATH"));
    environment.put("TERM", "xterm");
    environment.put("KINTELL_SERVER", "http://127.0.0.1:" + port);
  }

  private CommandLineProcess(CommandLineProcess other, Map<String, String> more) {
    folder = other.folder;
    file = other.file;
    environment.putAll(other.environment);
    environment.putAll(more);
  }

  /** The same with another variable. */
  public CommandLineProcess with(String variable, String value) {
    return new CommandLineProcess(this, Map.of(variable, value));
  }

  /** Result of a command. */
  public record Ended(int code, String out, String error) {}

  /** Runs a command without a terminal, until its end. */
  public Ended run(String... arguments) {
    return start(arguments).end();
  }

  /** Runs a command with a text on its standard input. */
  public Ended runWithInput(String input, String... arguments) {
    Running running = start(arguments);
    running.write(input);
    return running.end();
  }

  /** Starts a command without a terminal. */
  public Running start(String... arguments) {
    List<String> command = new ArrayList<>(List.of(file.toString()));
    command.addAll(List.of(arguments));
    return launch(command);
  }

  /** Starts a shell's command, in which {@code kintell} is the file. */
  public Running shell(String script) {
    return launch(List.of("bash", "-c", "kintell() { " + file + " \"$@\"; }; " + script));
  }

  /** Starts a command on a pseudo-terminal, which is both streams; the output is what it shows. */
  public Running onTerminal(int columns, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "python3",
                Path.of("src/test/resources/terminal.py").toAbsolutePath().toString(),
                Integer.toString(columns),
                file.toString()));
    command.addAll(List.of(arguments));
    return launch(command);
  }

  private Running launch(List<String> command) {
    try {
      Path out = Files.createTempFile(folder, "out", "");
      Path error = Files.createTempFile(folder, "error", "");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectOutput(out.toFile())
              .redirectError(error.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      return new Running(builder.start(), out, error);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A command that runs. */
  public record Running(Process process, Path out, Path errorFile) {

    /** Writes to its standard input; for a terminal, an instruction of terminal.py. */
    public Running write(String text) {
      try {
        OutputStream input = process.getOutputStream();
        input.write(text.getBytes(StandardCharsets.UTF_8));
        input.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    /** Waits until it has written a text to one of its streams. */
    public Running await(String text) {
      Awaitility.await(text)
          .atMost(PATIENCE)
          .failFast(() -> !process.isAlive() && !written().contains(text))
          .until(() -> written().contains(text));
      return this;
    }

    /** Its output so far. */
    public String written() {
      return read(out) + read(errorFile);
    }

    /** Closes its standard input and waits for its end. */
    public Ended end() {
      try {
        process.getOutputStream().close();
      } catch (IOException e) {
        // It has ended.
      }
      try {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("does not end; wrote: " + written());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      return new Ended(process.exitValue(), read(out), read(errorFile));
    }

    private static String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
