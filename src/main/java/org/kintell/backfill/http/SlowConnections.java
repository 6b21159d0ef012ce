package org.kintell.backfill.http;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.coyote.Constants;
import org.apache.coyote.Request;
import org.apache.coyote.RequestInfo;
import org.apache.tomcat.util.net.NioEndpoint.NioSocketWrapper;
import org.kintell.backfill.http.WatchedProtocol.WatchedProcessor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes slow connections: those below the minimum rate, those whose headers or refused body do not
 * end in time, and the slowest ones if too many make a thread wait (a quarter as many for refused
 * bodies). Waiting is sampled, not measured: a connection that waits for its client at a check
 * counts as having waited since the check before.
 */
final class SlowConnections {

  private static final Logger LOG = LoggerFactory.getLogger(SlowConnections.class);

  /** The longest time for headers, from their first byte. */
  private static final Duration LONGEST_HEADERS = Duration.ofSeconds(30);

  /** The longest time to read the rest of a refused body, which lets its sender see the answer. */
  private static final Duration LONGEST_REFUSED_BODY = Duration.ofSeconds(5);

  /** The rate counts after this time. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** The start time of a request before its first byte. */
  private static final long NOT_BEGUN = -1;

  private static final Duration BETWEEN_LOG_LINES = Duration.ofSeconds(10);

  private final long bytesPerSecond;
  private final int mostWaitingThreads;
  private final Map<NioSocketWrapper, Watched> watched = new ConcurrentHashMap<>();
  private long lastCheck = System.nanoTime();
  private long lastLogged = lastCheck - BETWEEN_LOG_LINES.toNanos();
  private int cutSinceLogged;

  /**
   * @param bytesPerSecond the minimum average rate of a body or an answer while the service waits
   *     for the client
   * @param mostWaitingThreads threads that may wait for clients at the same time
   */
  SlowConnections(long bytesPerSecond, int mostWaitingThreads) {
    this.bytesPerSecond = bytesPerSecond;
    this.mostWaitingThreads = mostWaitingThreads;
  }

  /** Watches a connection on which a request begins or more headers arrive. */
  void watch(NioSocketWrapper connection, WatchedProcessor processor) {
    watched.compute(
        connection,
        (key, known) ->
            known == null || known.processor != processor
                ? new Watched(connection, processor)
                : known);
  }

  /**
   * Closes the connections that are too slow. Throws nothing, because that would end the schedule.
   */
  void check() {
    try {
      checkAll();
    } catch (RuntimeException e) {
      LOG.error("Slow connections could not be checked", e);
    }
  }

  private void checkAll() {
    long now = System.nanoTime();
    long since = now - lastCheck;
    lastCheck = now;
    List<Watched> holding = new ArrayList<>();
    for (Iterator<Watched> all = watched.values().iterator(); all.hasNext(); ) {
      Watched one = all.next();
      if (one.connection.isClosed() || !one.processor.serves(one.connection)) {
        all.remove();
      } else if (one.isOverdue(now, since)) {
        cut(one);
      } else if (one.holdsThread()) {
        holding.add(one);
      }
    }
    cutBeyond(holding.stream().filter(Watched::isRefused).toList(), mostWaitingThreads / 4);
    cutBeyond(holding.stream().filter(one -> !one.cut).toList(), mostWaitingThreads);
    log(now);
  }

  /**
   * Closes the slowest connections, down to half the limit: other requests may queue for a thread.
   */
  private void cutBeyond(List<Watched> holding, int most) {
    if (holding.size() > most) {
      holding.stream()
          .sorted(Comparator.comparingLong(Watched::arrears).reversed())
          .limit(holding.size() - most / 2)
          .forEach(this::cut);
    }
  }

  /** Ends the stream for the waiting thread, which then answers or gives up as usual. */
  private void cut(Watched one) {
    if (one.cut) {
      return;
    }
    one.cut = true;
    cutSinceLogged++;
    SocketChannel channel = one.connection.getSocket().getIOChannel();
    if (channel == null) {
      return;
    }
    try {
      if (one.wait == Wait.READER) {
        channel.shutdownOutput();
      } else {
        channel.shutdownInput();
      }
    } catch (IOException e) {
      LOG.debug("closed meanwhile", e);
    }
  }

  private void log(long now) {
    if (cutSinceLogged > 0 && now - lastLogged > BETWEEN_LOG_LINES.toNanos()) {
      LOG.warn("Slow connections closed: {}", cutSinceLogged);
      cutSinceLogged = 0;
      lastLogged = now;
    }
  }

  /** Kinds of waiting on a connection. */
  private enum Wait {
    NOTHING,
    BODY,
    REFUSED_BODY,
    READER
  }

  /** A connection, and how long the service has waited for it during the current request. */
  private final class Watched {
    private final NioSocketWrapper connection;
    private final WatchedProcessor processor;
    private final long[] waited = new long[Wait.values().length];
    private long request;
    private Wait wait = Wait.NOTHING;
    private boolean cut;

    Watched(NioSocketWrapper connection, WatchedProcessor processor) {
      this.connection = connection;
      this.processor = processor;
    }

    /**
     * Takes a sample.
     *
     * @param since nanoseconds since the sample before
     */
    boolean isOverdue(long now, long since) {
      RequestInfo info = processor.getRequest().getRequestProcessor();
      long begun = processor.getRequest().getStartTimeNanos();
      if (begun != request) {
        request = begun;
        Arrays.fill(waited, 0);
      }
      wait = wait(info.getStage());
      waited[wait.ordinal()] += since;
      return switch (wait) {
        case NOTHING ->
            info.getStage() == Constants.STAGE_PARSE
                && begun != NOT_BEGUN
                && now - begun > LONGEST_HEADERS.toNanos();
        case REFUSED_BODY -> waited[wait.ordinal()] > LONGEST_REFUSED_BODY.toNanos();
        case BODY, READER -> arrears() > GRACE.toNanos();
      };
    }

    private Wait wait(int stage) {
      if (connection.interestOpsHas(SelectionKey.OP_WRITE)) {
        return Wait.READER;
      }
      if (!connection.interestOpsHas(SelectionKey.OP_READ)) {
        return Wait.NOTHING;
      }
      return switch (stage) {
        case Constants.STAGE_SERVICE -> Wait.BODY;
        case Constants.STAGE_ENDINPUT -> Wait.REFUSED_BODY;
        default -> Wait.NOTHING;
      };
    }

    boolean isRefused() {
      return wait == Wait.REFUSED_BODY;
    }

    /** An asynchronous request holds no thread, except while the server sends. */
    boolean holdsThread() {
      return wait != Wait.NOTHING && processor.hasThread();
    }

    /** The nanoseconds of waiting beyond what its bytes allow. */
    long arrears() {
      Request current = processor.getRequest();
      long bytes =
          switch (wait) {
            case BODY -> current.getBytesRead();
            case READER -> current.getResponse().getBytesWritten(false);
            case NOTHING, REFUSED_BODY -> 0;
          };
      return waited[wait.ordinal()] - (long) (bytes * 1e9 / bytesPerSecond);
    }
  }
}
