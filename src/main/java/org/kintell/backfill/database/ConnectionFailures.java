package org.kintell.backfill.database;

import com.google.common.base.Throwables;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;

/** Which failures mean that the database is away, by SQLSTATE (PostgreSQL manual, appendix A). */
public final class ConnectionFailures {

  private static final String READ_ONLY = "25006";
  private static final String TOO_MANY = "53300";

  /**
   * Too many connections; the server is shutting down, has crashed or is starting; it takes no
   * writes.
   */
  private static final Set<String> STATES = Set.of(TOO_MANY, "57P01", "57P02", "57P03", READ_ONLY);

  /** What is said of a server that takes no writes. */
  static final String TAKES_NO_WRITES =
      "it takes no writes: it is a standby, or default_transaction_read_only is on";

  private static final String CONNECTION_EXCEPTION = "08";

  /** Refused with a reason, such as a server without TLS: waiting does not help. */
  private static final String REJECTED = "08004";

  /** The two ends do not understand each other, or a binary value does not fit its column. */
  private static final String PROTOCOL_VIOLATION = "08P01";

  static final String UNREACHABLE = "cannot be reached";
  static final String STARTING = "is starting, or stopping";

  /** By SQLSTATE or its class; what is not here cannot be reached. */
  private static final Map<String, String> MEANINGS =
      Map.of(
          READ_ONLY,
          "takes no writes",
          TOO_MANY,
          "has no connection left: raise its max_connections, or lower BACKFILL_DATABASE_POOL of the processes that share it",
          "28",
          "refuses user or password: correct DATABASE_URL and restart the service",
          "3D000",
          "does not exist: correct DATABASE_URL, or create it",
          "57P03",
          STARTING);

  private ConnectionFailures() {}

  /** Whether the connection was lost or refused, or leads to a server that takes no writes. */
  public static boolean isReasonOf(Throwable thrown) {
    return find(thrown) != null;
  }

  /** What a failure means, in words for everybody, and what to do where that is known. */
  static String meaning(Throwable thrown) {
    for (Throwable cause : Throwables.getCausalChain(thrown)) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        String byClass = MEANINGS.getOrDefault(state.substring(0, 2), UNREACHABLE);
        return MEANINGS.getOrDefault(state, byClass);
      }
    }
    return UNREACHABLE;
  }

  /** Whether the server has as many connections as it allows. */
  static boolean isTooMany(Throwable thrown) {
    SQLException failure = find(thrown);
    return failure != null && TOO_MANY.equals(failure.getSQLState());
  }

  /** The database's or the driver's own words, in one line. */
  public static String describe(Throwable thrown) {
    SQLException failure = find(thrown);
    if (failure != null && READ_ONLY.equals(failure.getSQLState())) {
      return TAKES_NO_WRITES;
    }
    Throwable best = failure == null ? Throwables.getRootCause(thrown) : failure;
    String text = best.getMessage() == null ? best.getClass().getSimpleName() : best.getMessage();
    String line = text.lines().findFirst().orElse(text);
    Throwable root = Throwables.getRootCause(best);
    return root instanceof UnknownHostException
        ? line + " Unknown host: " + root.getMessage()
        : line;
  }

  private static SQLException find(Throwable thrown) {
    for (Throwable cause : Throwables.getCausalChain(thrown)) {
      if (cause instanceof SQLException sql && isAway(sql.getSQLState())) {
        return sql;
      }
    }
    return null;
  }

  private static boolean isAway(String state) {
    return state != null
        && (STATES.contains(state)
            || (state.startsWith(CONNECTION_EXCEPTION)
                && !state.equals(REJECTED)
                && !state.equals(PROTOCOL_VIOLATION)));
  }
}
