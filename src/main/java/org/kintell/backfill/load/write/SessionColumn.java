package org.kintell.backfill.load.write;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.row.Session;

/**
 * The columns of {@code kintell_sessions} that an import fills, in the order in which COPY sends
 * them. Statements and rows are made from this list and from no other.
 */
enum SessionColumn {
  ID("uuid", (row, job, session) -> row.uuid(session.id())),
  EXTERNAL_SESSION_ID("text,varchar", (row, job, session) -> row.text(session.externalId())),
  JOB_ID("uuid", (row, job, session) -> row.uuid(job)),
  SOURCE_ROW("bigint", (row, job, session) -> row.bigint(session.row())),

  // From here on, what an update changes.
  SESSION_TYPE("text,varchar", (row, job, session) -> row.text(session.type().stored())),
  PARTICIPANT_ID("uuid", (row, job, session) -> row.uuid(session.participantId())),
  VOLUNTEER_ID("uuid", (row, job, session) -> row.uuid(session.volunteerId())),
  SCHEDULED_AT("timestamptz", (row, job, session) -> row.instant(session.scheduledAt())),
  COMPLETED_AT("timestamptz", (row, job, session) -> row.instant(session.completedAt())),
  DURATION_MINUTES("integer", (row, job, session) -> row.integer(session.durationMinutes())),
  RATING("numeric", (row, job, session) -> row.decimal(session.rating())),
  FEEDBACK_TEXT("text,varchar", (row, job, session) -> row.text(session.feedback())),
  LANGUAGE_LEVEL("text,varchar", (row, job, session) -> row.text(session.level()));

  private static final List<SessionColumn> ALL = List.of(values());
  private static final List<SessionColumn> UPDATED =
      ALL.subList(SESSION_TYPE.ordinal(), ALL.size());

  /** How many there are. */
  static final int COUNT = ALL.size();

  private final String column = name().toLowerCase(Locale.ROOT);
  private final String binaryTypes;
  private final Field field;

  SessionColumn(String binaryTypes, Field field) {
    this.binaryTypes = binaryTypes;
    this.field = field;
  }

  /** Adds one field to a row. */
  private interface Field {
    void add(CopyRows row, UUID job, Session session);
  }

  /** Adds all fields of a session to a row. */
  static void add(CopyRows row, UUID job, Session session) {
    for (SessionColumn column : ALL) {
      column.field.add(row, job, session);
    }
  }

  /**
   * The statement in {@code sql/load/write/<name>.sql}, with {@code ${columns}} for all columns,
   * {@code ${updated}} for those that an update changes, and {@code ${excluded}} for their new
   * values.
   */
  static String sql(String name) {
    return SqlFile.read("load/write/" + name)
        .replace("${columns}", list(ALL, column -> column.column))
        .replace("${updated}", list(UPDATED, column -> column.column))
        .replace("${excluded}", list(UPDATED, column -> "excluded." + column.column));
  }

  private static String list(List<SessionColumn> columns, Function<SessionColumn, String> text) {
    return columns.stream().map(text).collect(joining(", "));
  }

  /** The names of all columns. */
  static String[] names() {
    return Arrays.stream(values()).map(column -> column.column).toArray(String[]::new);
  }

  /** For each column, the array of types whose binary form is the one that is sent. */
  static String[] binaryTypes() {
    return Arrays.stream(values())
        .map(column -> "{" + column.binaryTypes + "}")
        .toArray(String[]::new);
  }
}
