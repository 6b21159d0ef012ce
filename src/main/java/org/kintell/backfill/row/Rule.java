package org.kintell.backfill.row;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Every reason to reject a row: a stable identifier for programs, a message and a remedy for
 * people. No message holds a comma, a quote or a line break, because operators cut the last column
 * of an error file with {@code awk -F','}.
 */
public enum Rule {
  // Rows that cannot be read.
  INVALID_QUOTING(
      "invalid-quoting",
      "Invalid quoting",
      "Double each quote within a quoted text. If the row is right by now, clear its _error_message in"
          + " the error file."),
  ROW_TOO_LONG("row-too-long", "Row too long", "Shorten it; look for a quote that is not closed."),
  INVALID_UTF8(
      "invalid-utf8",
      "Invalid UTF-8%s",
      "Correct the text in the error file; or undo what is imported, and send the whole file with its"
          + " charset."),
  NUL_CHARACTER("nul-character", "Invalid character: NUL", "Remove it."),
  COLUMN_COUNT(
      "column-count-mismatch",
      "Column count mismatch: %s",
      "Quote texts that hold the delimiter; delete a total row. If only empty fields lack, clear the"
          + " _error_message in the error file."),

  // Values. All but the first apply only to values that are not empty.
  PRESENT("missing-value", "Missing %2$s", "Fill it in, or delete the row if it is a total."),
  SESSION_ID(
      "invalid-session-id",
      "Invalid session_id: longer than 255 characters",
      "Shorten it to 255 characters.",
      value -> value.length() <= 255 || value.codePointCount(0, value.length()) <= 255),
  SESSION_TYPE(
      "unknown-session-type",
      "Unknown session type: %s",
      "Write Language Connect or Mentorship.",
      value -> SessionType.parse(value) != null),
  EMAIL("invalid-email", "Invalid email format: %2$s", "Write one address."),
  DATE(
      "invalid-date",
      "Invalid date format: %s",
      "Write it as 2024-01-15T10:00:00Z, with its UTC offset."),
  DURATION(
      "invalid-duration",
      "Invalid duration: %s",
      "Write a whole number of minutes above 0, such as 90.",
      value -> Values.minutes(value) != null),
  RATING(
      "invalid-rating",
      "Invalid rating: %s",
      "Write a number from 1 to 5, such as 4.5, or nothing.",
      value -> Values.rating(value) != null),
  LANGUAGE_LEVEL(
      "invalid-language-level",
      "Invalid language level: %s",
      "Write A1, A2, B1, B2, C1 or C2, or nothing.",
      value -> Values.level(value) != null),

  // Rules that need the database.
  PARTICIPANT_FOUND(
      "participant-not-found",
      "Participant not found: %s",
      "Create the user, then retry; or correct the address."),
  PARTICIPANT_UNIQUE(
      "ambiguous-participant", "Ambiguous participant: %s", "Use the address as the user has it."),
  VOLUNTEER_FOUND(
      "volunteer-not-found",
      "Volunteer not found: %s",
      "Create the user, then retry; or correct the address."),
  VOLUNTEER_UNIQUE(
      "ambiguous-volunteer", "Ambiguous volunteer: %s", "Use the address as the user has it."),
  NOT_DUPLICATE(
      "duplicate-session-id",
      "Duplicate key value violates unique constraint: %s",
      "Leave it out, or change its ID."),
  STORABLE(
      "not-storable", "Cannot be stored: %s", "Read the message; correct the row or the table.");

  private static final Rule[] UNREADABLE = {
    INVALID_QUOTING, ROW_TOO_LONG, INVALID_UTF8, NUL_CHARACTER, COLUMN_COUNT
  };

  /** End of a message: the value, or the name of the column. */
  private static final String VALUE = "%s";

  private static final String COLUMN = "%2$s";

  private final String cause;
  private final String begin;
  private final String end;
  private final String remedy;
  private final Predicate<String> accepts;

  Rule(String cause, String message, String remedy) {
    this(cause, message, remedy, value -> true);
  }

  Rule(String cause, String message, String remedy, Predicate<String> accepts) {
    this.cause = cause;
    this.remedy = remedy;
    int parameter = message.indexOf('%');
    this.begin = parameter < 0 ? message : message.substring(0, parameter);
    this.end = message.substring(begin.length());
    this.accepts = accepts;
  }

  /** The stable kebab-case identifier of a broken rule. */
  public String cause() {
    return cause;
  }

  /** The rule with this identifier. */
  public static Optional<Rule> of(String cause) {
    return Arrays.stream(values()).filter(rule -> rule.cause.equals(cause)).findFirst();
  }

  /** The columns whose values may break it; none for a rule of the row as a whole. */
  public List<Column> columns() {
    return switch (this) {
      case PRESENT -> Column.ALL.stream().filter(Column::isRequired).toList();
      case EMAIL -> List.of(Column.PARTICIPANT_EMAIL, Column.VOLUNTEER_EMAIL);
      case SESSION_ID, NOT_DUPLICATE -> List.of(Column.SESSION_ID);
      case SESSION_TYPE -> List.of(Column.SESSION_TYPE);
      case PARTICIPANT_FOUND, PARTICIPANT_UNIQUE -> List.of(Column.PARTICIPANT_EMAIL);
      case VOLUNTEER_FOUND, VOLUNTEER_UNIQUE -> List.of(Column.VOLUNTEER_EMAIL);
      case DATE -> List.of(Column.DATE);
      case DURATION -> List.of(Column.DURATION_MIN);
      case RATING -> List.of(Column.RATING);
      case LANGUAGE_LEVEL -> List.of(Column.LANGUAGE_LEVEL);
      default -> List.of();
    };
  }

  /** What a person can do, in one line: what is allowed, where the message does not say so. */
  public String remedy() {
    return remedy;
  }

  /** The same for a cause; empty for that of a newer service. */
  public static String remedy(String cause) {
    return of(cause).map(Rule::remedy).orElse("");
  }

  /** Beginning of its messages, before a value. */
  public String beginning() {
    return begin;
  }

  boolean accepts(String value) {
    return accepts.test(value);
  }

  /** Whether a text begins like a message of this rule. */
  public boolean begins(String text) {
    return text.startsWith(begin);
  }

  /** Whether a text begins like a message of any rule. */
  public static boolean startsMessage(String text) {
    return startsMessage(text, Rule.values());
  }

  /** The same for the rules of rows that cannot be read. */
  public static boolean startsMessageOfUnreadable(String text) {
    return startsMessage(text, UNREADABLE);
  }

  private static boolean startsMessage(String text, Rule... rules) {
    for (Rule rule : rules) {
      if (rule.begins(text)) {
        return true;
      }
    }
    return false;
  }

  /** Hint after the value in a message. */
  String advice(String value) {
    if (this != DATE) {
      return "";
    }
    return IsoDateTime.lacksOffset(value) ? " (no UTC offset)" : " (expected 2024-01-31T14:30:00Z)";
  }

  /** Without a formatter, for speed: a file imported again needs a message for each row. */
  String message(String value, Column column) {
    return switch (end) {
      case VALUE -> begin + value;
      case COLUMN -> begin + column.header();
      default -> begin;
    };
  }
}
