package org.kintell.backfill.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.Adapter;
import org.apache.coyote.Processor;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.coyote.http11.Http11Processor;
import org.apache.tomcat.util.net.AbstractEndpoint.Handler.SocketState;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Tomcat's HTTP/1.1 with {@link SlowConnections}. Tomcat's own timeouts restart with every byte, so
 * a client that sends or takes a single byte from time to time could hold a server thread without
 * limit.
 */
public final class WatchedProtocol extends Http11NioProtocol {

  /** Also the longest time for which surplus slow connections delay other requests. */
  private static final Duration PERIOD = Duration.ofMillis(100);

  /**
   * Requests that a thread serves on one connection without a break. A client that sends more
   * without waiting for the answers would monopolise the thread; the server closes its connection.
   */
  private static final int MOST_AT_A_STRETCH = 10;

  private volatile SlowConnections connections;

  /** Call this before the start. */
  void watchWith(SlowConnections watch) {
    this.connections = watch;
  }

  @Override
  public void start() throws Exception {
    super.start();
    getUtilityExecutor()
        .scheduleWithFixedDelay(
            connections::check, PERIOD.toNanos(), PERIOD.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  protected Processor createProcessor() {
    return new WatchedProcessor(this, adapter);
  }

  /** Reports each connection on which a request begins. */
  final class WatchedProcessor extends Http11Processor {

    private volatile boolean hasThread;

    WatchedProcessor(AbstractHttp11Protocol<?> protocol, Adapter adapter) {
      super(protocol, adapter);
    }

    @Override
    public SocketState process(SocketWrapperBase<?> connection, SocketEvent event)
        throws IOException {
      connection.setKeepAliveLeft(MOST_AT_A_STRETCH);
      hasThread = true;
      try {
        return super.process(connection, event);
      } finally {
        hasThread = false;
      }
    }

    @Override
    public SocketState service(SocketWrapperBase<?> connection) throws IOException {
      connections.watch((NioSocketWrapper) connection, this);
      return super.service(connection);
    }

    /** Whether a thread of the server works for it, at least to send the rest of an answer. */
    boolean hasThread() {
      return hasThread;
    }

    /** Whether this still serves a connection; Tomcat reuses processors for others. */
    boolean serves(NioSocketWrapper connection) {
      return getSocketWrapper() == connection;
    }
  }
}
