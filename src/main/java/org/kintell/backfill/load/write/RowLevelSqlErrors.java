package org.kintell.backfill.load.write;

import java.sql.SQLException;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;
import org.springframework.dao.DataAccessException;

/** Failures of a statement for which a value in a row is the reason, and not the database. */
public final class RowLevelSqlErrors {

  /**
   * By class of SQLSTATE: data exceptions, violated constraints, WITH CHECK OPTION, values too long
   * for an index, and what a trigger raises.
   */
  private static final Set<String> CLASSES = Set.of("22", "23", "44", "54", "P0");

  /** The server's state for a binary value whose length does not fit its column. */
  private static final String PROTOCOL_VIOLATION = "08P01";

  /** The server's words for the value at which COPY failed. */
  private static final Pattern COPIED_COLUMN =
      Pattern.compile("^COPY [^,]+, line \\d+, column ([^:\n]+)(?:: \"(.*)\")?", Pattern.DOTALL);

  private static final String DATA_EXCEPTION = "22";

  private RowLevelSqlErrors() {}

  /** Whether the statement may succeed without some of its rows. */
  public static boolean isReasonOf(DataAccessException e) {
    return e.getMostSpecificCause() instanceof SQLException cause
        && cause.getSQLState() != null
        && (CLASSES.contains(cause.getSQLState().substring(0, 2))
            || (PROTOCOL_VIOLATION.equals(cause.getSQLState()) && serverMessage(e) != null));
  }

  /** The constraint, the column whose type is too small, or what the database says. */
  static String describe(DataAccessException e) {
    ServerErrorMessage message = serverMessage(e);
    if (message == null) {
      return "refused by the database";
    }
    Matcher copied = COPIED_COLUMN.matcher(String.valueOf(message.getWhere()));
    if (String.valueOf(message.getSQLState()).startsWith(DATA_EXCEPTION) && copied.find()) {
      String value = copied.group(2);
      return "column %s of kintell_sessions cannot hold %s"
          .formatted(copied.group(1), value == null ? "the value" : value);
    }
    String constraint = constraint(e);
    return constraint == null
        ? String.valueOf(message.getMessage())
        : "violates constraint " + constraint;
  }

  /** The constraint that is violated, or null where none is. */
  static String constraint(DataAccessException e) {
    ServerErrorMessage message = serverMessage(e);
    return message == null ? null : message.getConstraint();
  }

  /** Null if the driver failed, and not the server. */
  private static ServerErrorMessage serverMessage(DataAccessException e) {
    return e.getMostSpecificCause() instanceof PSQLException cause
        ? cause.getServerErrorMessage()
        : null;
  }
}
