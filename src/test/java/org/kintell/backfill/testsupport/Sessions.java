package org.kintell.backfill.testsupport;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Creates and reads users and sessions in the database for tests. */
public final class Sessions {

  private final JdbcClient jdbc;

  public Sessions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Creates users. The id derives from the address, so that tests do not share users. */
  public void addUsers(String... emails) {
    for (String email : emails) {
      jdbc.sql("INSERT INTO users (id, email) VALUES (?, ?)").params(userId(email), email).update();
    }
  }

  /** The id that {@link #addUsers} gives a user. */
  public static UUID userId(String email) {
    return UUID.nameUUIDFromBytes(email.getBytes(StandardCharsets.UTF_8));
  }

  /** The ids of all sessions, by row of their file. */
  public List<String> ids() {
    return jdbc.sql("SELECT external_session_id FROM kintell_sessions ORDER BY source_row")
        .query(String.class)
        .list();
  }

  /** Stores a session that no job imported. */
  public void add(String externalId, String participant, String volunteer) {
    jdbc.sql(
            """
            INSERT INTO kintell_sessions
              (id, external_session_id, session_type, participant_id, volunteer_id, scheduled_at,
               completed_at, duration_minutes)
            VALUES (gen_random_uuid(), ?, 'mentorship', ?, ?, now(), now(), 60)
            """)
        .params(externalId, userId(participant), userId(volunteer))
        .update();
  }

  /** Length of a session's feedback in characters. */
  public long feedbackLength(String externalId) {
    return jdbc.sql(
            "SELECT length(feedback_text) FROM kintell_sessions WHERE external_session_id = ?")
        .param(externalId)
        .query(Long.class)
        .single();
  }

  /**
   * All imported sessions in the order of their rows, each as column to value: {@code row} as an
   * Integer, addresses instead of user ids, instants in UTC and numbers as text, null for no value.
   */
  public List<Map<String, Object>> imported() {
    return jdbc.sql(
            """
            SELECT source_row, external_session_id, session_type, participant.email AS participant,
                   volunteer.email AS volunteer, scheduled_at, completed_at, duration_minutes,
                   rating, feedback_text, language_level
              FROM kintell_sessions
              JOIN users AS participant ON participant.id = participant_id
              JOIN users AS volunteer ON volunteer.id = volunteer_id
             WHERE source_row IS NOT NULL
             ORDER BY source_row
            """)
        .query((row, number) -> columns(row))
        .list();
  }

  private static Map<String, Object> columns(ResultSet row) throws SQLException {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("row", row.getInt("source_row"));
    for (String column :
        List.of(
            "external_session_id",
            "session_type",
            "participant",
            "volunteer",
            "rating",
            "feedback_text",
            "language_level")) {
      columns.put(column, row.getString(column));
    }
    for (String column : List.of("scheduled_at", "completed_at")) {
      columns.put(column, row.getObject(column, OffsetDateTime.class).toInstant().toString());
    }
    columns.put("duration_minutes", row.getInt("duration_minutes"));
    return columns;
  }

  /** The row of its file that each imported session came from, by its id. */
  public Map<String, Long> rowsById() {
    Map<String, Long> rows = new TreeMap<>();
    jdbc.sql("SELECT external_session_id, source_row FROM kintell_sessions")
        .query(
            row -> {
              rows.put(row.getString(1), row.getLong(2));
            });
    return rows;
  }
}
