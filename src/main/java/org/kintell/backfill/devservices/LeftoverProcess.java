package org.kintell.backfill.devservices;

import com.google.common.primitives.Longs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that a killed process left running, found by its pid file. */
public final class LeftoverProcess {

  private static final Logger LOG = LoggerFactory.getLogger(LeftoverProcess.class);
  private static final long PATIENCE_SECONDS = 60;

  private LeftoverProcess() {}

  /**
   * Stops the server, if it still runs, and removes its pid file.
   *
   * @param pidFile whose first line is the process id
   * @param program the name of its executable, so that no other process of that id is stopped
   */
  public static void stop(Path pidFile, String program) throws IOException {
    if (!Files.exists(pidFile)) {
      return;
    }
    List<String> lines = Files.readAllLines(pidFile);
    long pid =
        lines.isEmpty() ? 0 : Optional.ofNullable(Longs.tryParse(lines.get(0).strip())).orElse(0L);
    ProcessHandle orphan = pid > 0 ? ProcessHandle.of(pid).orElse(null) : null;
    if (orphan != null && runs(orphan, program, pidFile.toAbsolutePath().getParent())) {
      LOG.info("Stopping the {} that a killed process left behind, pid {}", program, pid);
      interrupt(pid);
      await(orphan);
    }
    Files.deleteIfExists(pidFile);
  }

  /** After a restart of the machine, another user's server may have this process id. */
  private static boolean runs(ProcessHandle process, String program, Path folder) {
    ProcessHandle.Info info = process.info();
    return info.command().map(command -> command.endsWith("/" + program)).orElse(false)
        && info.arguments()
            .map(all -> Arrays.stream(all).anyMatch(it -> isSame(it, folder)))
            .orElse(true);
  }

  private static boolean isSame(String argument, Path folder) {
    try {
      return argument.startsWith("/") && Files.isSameFile(Path.of(argument), folder);
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  /** SIGINT makes PostgreSQL stop fast, without waiting for its clients. */
  private static void interrupt(long pid) throws IOException {
    try {
      new ProcessBuilder("kill", "-INT", Long.toString(pid)).start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping a server", e);
    }
  }

  private static void await(ProcessHandle process) throws IOException {
    try {
      process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping a server", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the server left behind does not stop, pid " + process.pid(), e);
    }
  }
}
