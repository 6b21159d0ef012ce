package org.kintell.backfill;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The users and sessions in the database, as a test sets them up and looks at them. */
public final class Sessions {

  private final JdbcClient jdbc;

  Sessions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Creates users. The id follows from the address, so that no test sees another one's. */
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

  /**
   * All imported sessions by row of their file, each as column to value: addresses instead of user
   * ids, instants as ISO 8601 in UTC, null where there is nothing.
   */
  public List<Map<String, Object>> imported() {
    return jdbc.sql(
            """
            SELECT source_row, external_session_id, session_type,
                   participant.email AS participant, volunteer.email AS volunteer,
                   to_char(scheduled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USBC') AS scheduled_at,
                   to_char(session.completed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USBC') AS completed_at,
                   duration_minutes, rating::text AS rating, feedback_text, language_level
              FROM kintell_sessions AS session
              JOIN users AS participant ON participant.id = participant_id
              JOIN users AS volunteer ON volunteer.id = volunteer_id
             WHERE source_row IS NOT NULL
             ORDER BY source_row
            """)
        .query()
        .listOfRows();
  }
}
