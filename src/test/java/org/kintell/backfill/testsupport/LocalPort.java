package org.kintell.backfill.testsupport;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A port of this machine's loopback interface. */
final class LocalPort {

  private static final int PATIENCE_MILLIS = 200;

  private LocalPort() {}

  /** Whether a server takes connections on it. */
  static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
