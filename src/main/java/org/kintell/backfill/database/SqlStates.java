package org.kintell.backfill.database;

import com.google.common.base.Throwables;
import com.google.common.collect.Lists;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.kintell.backfill.log.ConnectFailure;
import org.springframework.transaction.TransactionSystemException;

/**
 * Classifies database failures by SQLSTATE (PostgreSQL manual, appendix A): whether the database is
 * unavailable, whether a retry may help, and the remedy for an operator.
 */
public final class SqlStates {

  /** The server takes no writes. */
  public static final String READ_ONLY = "25006";

  /** The server is out of disk space. */
  public static final String DISK_FULL = "53100";

  private static final String TOO_MANY = "53300";

  /**
   * Too many connections; the server is shutting down, has crashed or is starting; it takes no
   * writes.
   */
  private static final Set<String> AWAY = Set.of(TOO_MANY, "57P01", "57P02", "57P03", READ_ONLY);

  /** A statement waited longer than lock_timeout. */
  public static final String LOCK_NOT_AVAILABLE = "55P03";

  /** Also transient: an unavailable lock, and timeouts of idle sessions and transactions. */
  private static final Set<String> TRANSIENT = Set.of(LOCK_NOT_AVAILABLE, "57P05", "25P03");

  /** Transactions that PostgreSQL rolled back in favour of others. */
  private static final String ROLLED_BACK = "40";

  /** The text for a server that takes no writes. */
  static final String TAKES_NO_WRITES =
      "it takes no writes: it is a standby, or default_transaction_read_only is on";

  private static final String CONNECTION_EXCEPTION = "08";

  /** The server refused for a reason, such as missing TLS: waiting does not help. */
  private static final String REJECTED = "08004";

  /** Protocol violation, or a binary value that does not fit its column. */
  private static final String PROTOCOL_VIOLATION = "08P01";

  static final String UNREACHABLE = "cannot be reached";
  static final String STARTING = "is starting, or stopping";

  /** By SQLSTATE or its class; any other state means unreachable. */
  private static final Map<String, String> MEANINGS =
      Map.of(
          READ_ONLY,
          "takes no writes",
          TOO_MANY,
          "has no connection left: raise its max_connections, or lower BACKFILL_DATABASE_POOL of the processes that share it",
          "28",
          "refuses this user or machine, see the log: correct DATABASE_URL and restart the service, or correct pg_hba.conf",
          "28P01",
          "refuses the login (password authentication failed): correct DATABASE_URL and restart the service",
          "3D000",
          "does not exist: correct DATABASE_URL, or create it",
          "57P03",
          STARTING);

  /** Remedy for a permanent failure, by SQLSTATE or its class. */
  private static final Map<String, String> ADVICE =
      Map.of(
          DISK_FULL,
          "The disk of the database is full: make room",
          "53200",
          "The database is out of memory: give it more; of shared memory: raise max_locks_per_transaction",
          "57014",
          "The statement was cancelled by statement_timeout or by a person, though the service sets statement_timeout to 0: find out what cancels it",
          "42501",
          "Grant the database user what it lacks",
          "28",
          "Correct user and password in DATABASE_URL and restart the service",
          "42",
          "The tables are not as the service left them: restore them",
          "23",
          "A constraint or trigger that was added refuses what the service writes into its own tables: remove it");

  private SqlStates() {}

  /** Whether the connection was lost or refused, or leads to a server that takes no writes. */
  public static boolean isAway(Throwable thrown) {
    return find(thrown) != null;
  }

  /** Whether a retry may help. */
  public static boolean isTransient(SQLException failure) {
    String state = Objects.toString(failure.getSQLState(), "");
    return AWAY.contains(state)
        || TRANSIENT.contains(state)
        || state.startsWith(CONNECTION_EXCEPTION)
        || state.startsWith(ROLLED_BACK);
  }

  /** Whether an exception in the chain has this state. */
  public static boolean has(Throwable thrown, String state) {
    return Throwables.getCausalChain(thrown).stream()
        .anyMatch(cause -> cause instanceof SQLException sql && state.equals(sql.getSQLState()));
  }

  /**
   * Whether the exception hides the reason: the pool had no connection for some seconds, or a
   * rollback failed on a connection that the pool had discarded.
   */
  public static boolean isHidden(Throwable thrown) {
    return Throwables.getCausalChain(thrown).stream()
        .anyMatch(
            cause ->
                cause instanceof SQLTransientConnectionException
                    || (cause instanceof TransactionSystemException
                        && cause.getCause() instanceof SQLException sql
                        && sql.getSQLState() == null));
  }

  /** The remedy for a permanent failure, as the beginning of a sentence. */
  public static String advice(Throwable thrown) {
    return of(thrown, ADVICE, "Fix the cause");
  }

  /**
   * The meaning of a failure, and the reason or the remedy if known. Names neither host nor user.
   */
  static String meaning(Throwable thrown) {
    return of(
        thrown,
        MEANINGS,
        ConnectFailure.describe(thrown)
            .map(reason -> UNREACHABLE + ": " + reason)
            .orElse(UNREACHABLE));
  }

  /** A map's entry for the outermost state, or else for its class. */
  private static String of(Throwable thrown, Map<String, String> words, String otherwise) {
    for (Throwable cause : Throwables.getCausalChain(thrown)) {
      if (cause instanceof SQLException sql && sql.getSQLState() != null) {
        String state = sql.getSQLState();
        return words.getOrDefault(state, words.getOrDefault(state.substring(0, 2), otherwise));
      }
    }
    return otherwise;
  }

  /** Whether the server has as many connections as it allows. */
  static boolean isTooMany(Throwable thrown) {
    SQLException failure = find(thrown);
    return failure != null && TOO_MANY.equals(failure.getSQLState());
  }

  /** The database's, the driver's or the innermost exception's own words, in one line. */
  public static String describe(Throwable thrown) {
    SQLException failure = find(thrown);
    if (failure != null && READ_ONLY.equals(failure.getSQLState())) {
      return TAKES_NO_WRITES;
    }
    Throwable best = failure == null ? Throwables.getRootCause(thrown) : failure;
    String text = best.getMessage() == null ? best.getClass().getSimpleName() : best.getMessage();
    String line = text.lines().findFirst().orElse(text).replaceFirst("\\.$", "");
    Throwable root = Throwables.getRootCause(best);
    return root != best && root instanceof UnknownHostException
        ? line + ". Unknown host: " + root.getMessage()
        : line;
  }

  private static SQLException find(Throwable thrown) {
    // The pool's exception carries the state of the driver's exception, which has more detail.
    for (Throwable cause : Lists.reverse(Throwables.getCausalChain(thrown))) {
      if (cause instanceof SQLException sql && isAway(sql.getSQLState())) {
        return sql;
      }
    }
    return null;
  }

  private static boolean isAway(String state) {
    return state != null
        && (AWAY.contains(state)
            || (state.startsWith(CONNECTION_EXCEPTION)
                && !state.equals(REJECTED)
                && !state.equals(PROTOCOL_VIOLATION)));
  }
}
