package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A connection between the service and a server, which can be cut and delayed. */
public final class TcpProxy implements AutoCloseable {

  private static final Pattern REQUEST =
      Pattern.compile("((?:GET|PUT|POST|HEAD|DELETE) \\S+) HTTP/1[.]1\\r\\n");

  private static final int LONGEST_LINE = 4096;

  private final ServerSocket listener;
  private volatile int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private long left = Long.MAX_VALUE;
  private boolean heldUp;
  private boolean refusing;

  /** Listens on a free port, for a server on this machine. */
  public TcpProxy(int target) {
    this.target = target;
    try {
      listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start("proxy", this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /**
   * The request lines that passed so far, where the server speaks HTTP/1.1: a client that waits for
   * each answer sends a request at the beginning of a packet.
   */
  public List<String> requests() {
    return requests;
  }

  /** From now on drops everything silently, in both directions. */
  public synchronized void holdUp() {
    heldUp = true;
  }

  /** Holds up all that follows so many bytes. */
  public synchronized void holdUpAfter(long bytes) {
    left = bytes;
  }

  private synchronized void passed(int bytes) {
    left -= bytes;
    heldUp |= left < 0 && left + bytes >= 0;
  }

  /** Cuts all connections, and refuses new ones. */
  public void cut() {
    synchronized (this) {
      refusing = true;
    }
    open.forEach(TcpProxy::close);
  }

  /** Passes everything again, also the delayed bytes. */
  public synchronized void letPass() {
    heldUp = false;
    refusing = false;
    notifyAll();
  }

  private synchronized void awaitPassage() throws InterruptedException {
    while (heldUp) {
      wait();
    }
  }

  /** New connections go to this port from now on. */
  public void leadTo(int port) {
    target = port;
  }

  private synchronized boolean isRefusing() {
    return refusing;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (isRefusing()) {
          close(client);
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(server);
        start("to server", () -> pass(client, server, true));
        start("to client", () -> pass(server, client, false));
      } catch (IOException e) {
        // The listener was closed, or the server is down: the client notices.
      }
    }
  }

  private void note(byte[] bytes, int count) {
    String start = new String(bytes, 0, Math.min(count, LONGEST_LINE), StandardCharsets.US_ASCII);
    Matcher line = REQUEST.matcher(start);
    if (line.lookingAt()) {
      requests.add(line.group(1));
    }
  }

  private void pass(Socket from, Socket to, boolean toServer) {
    byte[] buffer = new byte[64 * 1024];
    try (Socket source = from;
        Socket sink = to) {
      InputStream in = source.getInputStream();
      OutputStream out = sink.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        passed(count);
        if (toServer) {
          note(buffer, count);
        }
        awaitPassage();
        out.write(buffer, 0, count);
      }
    } catch (IOException e) {
      // The connection is over.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }
}
