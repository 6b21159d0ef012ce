package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A connection between the service and a server, which can be cut and delayed. */
public final class TcpProxy implements AutoCloseable {

  private final ServerSocket listener;
  private volatile int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
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
        start("to server", () -> pass(client, server));
        start("to client", () -> pass(server, client));
      } catch (IOException e) {
        // The listener was closed, or the server is down: the client notices.
      }
    }
  }

  private void pass(Socket from, Socket to) {
    byte[] buffer = new byte[64 * 1024];
    try (Socket source = from;
        Socket sink = to) {
      InputStream in = source.getInputStream();
      OutputStream out = sink.getOutputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        passed(count);
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
