package org.kintell.backfill.cli.service;

import java.net.HttpURLConnection;

/**
 * Cuts a connection that takes too long. For uploads, which cannot have a read timeout: Java would
 * take it as the time to wait for {@code 100 Continue}, which some proxies never send.
 */
final class Cutoff extends Thread implements AutoCloseable {

  private final HttpURLConnection connection;
  private final int millis;

  private Cutoff(HttpURLConnection connection, int millis) {
    super("cutoff");
    this.connection = connection;
    this.millis = millis;
    setDaemon(true);
  }

  /** Cuts the connection after as many milliseconds, unless it is closed before. */
  static Cutoff after(int millis, HttpURLConnection connection) {
    Cutoff cutoff = new Cutoff(connection, millis);
    cutoff.start();
    return cutoff;
  }

  @Override
  public void run() {
    try {
      Thread.sleep(millis);
      connection.disconnect();
    } catch (InterruptedException e) {
      // The answer came in time.
    }
  }

  @Override
  public void close() {
    interrupt();
  }
}
