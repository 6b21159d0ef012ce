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
 * Cuts connections that are slower than the service can afford: those below the least rate, those
 * whose headers or refused body do not come to an end, and the slowest where too many of them keep
 * a thread waiting; of those with a refused body, a quarter as many. Waiting is sampled, not
 * measured: a connection that is found waiting for its client at a check has waited since the one
 * before.
 */
final class SlowConnections {

  private static final Logger LOG = LoggerFactory.getLogger(SlowConnections.class);

  /** How long headers may take, from their first byte. */
  private static final Duration LONGEST_HEADERS = Duration.ofSeconds(30);

  /** How long the rest of a refused body is read, so that its sender sees the answer. */
  private static final Duration LONGEST_REFUSED_BODY = Duration.ofSeconds(5);

  /** Before the rate counts. */
  private static final Duration GRACE = Duration.ofSeconds(30);

  /** The start of a request of which no byte has come. */
  private static final long NOT_BEGUN = -1;

  private static final Duration BETWEEN_LOG_LINES = Duration.ofSeconds(10);

  private final long bytesPerSecond;
  private final int mostWaitingThreads;
  private final Map<NioSocketWrapper, Watched> watched = new ConcurrentHashMap<>();
  private long lastCheck = System.nanoTime();
  private long lastLogged = lastCheck - BETWEEN_LOG_LINES.toNanos();
  private int cutSinceLogged;

  /**
   * @param bytesPerSecond the least average rate of a body or an answer while the service waits for
   *     the client
   * @param mostWaitingThreads threads that may wait for clients at the same time
   */
  SlowConnections(long bytesPerSecond, int mostWaitingThreads) {
    this.bytesPerSecond = bytesPerSecond;
    this.mostWaitingThreads = mostWaitingThreads;
  }

  /** A request begins on a connection, or more of its headers has come. */
  void watch(NioSocketWrapper connection, WatchedProcessor processor) {
    watched.compute(
        connection,
        (key, known) ->
            known == null || known.processor != processor
                ? new Watched(connection, processor)
                : known);
  }

  /**
   * Looks at all connections, and cuts those that are too slow. Never fails: it would be the last.
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

  /** Half of them at once, the slowest first: others may be queueing for a thread. */
  private void cutBeyond(List<Watched> holding, int most) {
    if (holding.size() > most) {
      holding.stream()
          .sorted(Comparator.comparingLong(Watched::arrears).reversed())
          .limit(holding.size() - most / 2)
          .forEach(this::cut);
    }
  }

  /** The thread that waits finds the end of the stream, and answers or gives up as ever. */
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
      LOG.warn("Slow connections cut: {}", cutSinceLogged);
      cutSinceLogged = 0;
      lastLogged = now;
    }
  }

  /** What the service may wait for on a connection. */
  private enum Wait {
    NOTHING,
    BODY,
    REFUSED_BODY,
    READER
  }

  /** A connection, and how long it has kept the service waiting during its present request. */
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

    /** A request that is not answered by the thread that took it has none. */
    boolean holdsThread() {
      return wait != Wait.NOTHING && !processor.isAsync();
    }

    /** By how many nanoseconds it has kept the service waiting for longer than its bytes allow. */
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
