package org.kintell.backfill.log;

import com.google.common.base.Throwables;
import com.google.common.collect.Lists;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import javax.net.ssl.SSLException;

/**
 * Why a server cannot be reached, in a few words that name no host and no user, so that strangers
 * may read them.
 */
public final class ConnectFailure {

  /** Says of a server that it was there, and not why it is not. */
  public static final String CUT_OFF = "connection cut off";

  private static final String TIMED_OUT = "no answer in time";

  private ConnectFailure() {}

  /** For example {@code connection refused}; empty if the exception does not tell. */
  public static Optional<String> describe(Throwable thrown) {
    return Lists.reverse(Throwables.getCausalChain(thrown)).stream()
        .map(ConnectFailure::words)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> words(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    String words = null;
    if (cause instanceof SocketTimeoutException || message.contains("timed out")) {
      words = TIMED_OUT;
    } else if (cause instanceof UnknownHostException) {
      words = "unknown host";
    } else if (cause instanceof NoRouteToHostException || message.contains("unreachable")) {
      words = "no route to the host";
    } else if (cause instanceof ConnectException) {
      words = "connection refused";
    } else if (cause instanceof SSLException) {
      words = "TLS failed";
    } else if (cause instanceof SocketException || cause instanceof EOFException) {
      words = CUT_OFF;
    }
    return Optional.ofNullable(words);
  }
}
