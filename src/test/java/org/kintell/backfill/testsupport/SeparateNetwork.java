package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace of Linux, linked to this machine as another machine would be by its cable.
 * Needs root and the program {@code ip}.
 */
public final class SeparateNetwork implements AutoCloseable {

  /** Documentation addresses (RFC 5737): no real network should have them. */
  private static final String NETWORK = "198.51.100.0/30";

  private static final String HERE = "198.51.100.1";
  private static final String THERE = "198.51.100.2";

  private final String name = "kintell-" + ProcessHandle.current().pid();

  /** An interface's name has at most 15 characters. */
  private final String cable = "kc" + ProcessHandle.current().pid();

  public SeparateNetwork() {
    ip("netns add " + name);
    ip("link add " + cable + " type veth peer name far netns " + name);
    ip("addr add " + HERE + "/30 dev " + cable);
    ip("link set " + cable + " up");
    ip("-n " + name + " addr add " + THERE + "/30 dev far");
    ip("-n " + name + " link set far up");
    ip("-n " + name + " link set lo up");
  }

  /** Whether this process may make one. */
  public static boolean isPossible() {
    return "root".equals(System.getProperty("user.name"))
        && DebianPackage.onThePath("ip").isPresent();
  }

  /** Its addresses. */
  public String addresses() {
    return NETWORK;
  }

  /** The address of the other machine. */
  public String there() {
    return THERE;
  }

  /** The address of this machine, seen from there. */
  public String here() {
    return HERE;
  }

  /** Runs the command that follows it in that network. */
  public List<String> launcher() {
    return List.of("ip", "netns", "exec", name);
  }

  /** Pulls the cable out: nothing passes any more, and neither end notices at once. */
  public void cut() {
    ip("link set " + cable + " down");
  }

  /** Plugs the cable in again. */
  public void join() {
    ip("link set " + cable + " up");
  }

  private static void ip(String arguments) {
    try {
      Process process =
          new ProcessBuilder(("ip " + arguments).split(" "))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("ip " + arguments + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The cable by itself, because Linux removes it some time after its namespace. */
  @Override
  public void close() {
    ip("link del " + cable);
    ip("netns del " + name);
  }
}
