package org.kintell.backfill.load;

import org.kintell.backfill.SqlFile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What is known of the table of sessions, which may be older than this service. */
@Component
class SessionsTable {

  private final boolean takesBinary;

  SessionsTable(JdbcTemplate jdbc) {
    this.takesBinary =
        Boolean.TRUE.equals(
            jdbc.queryForObject(SqlFile.read("sessions-take-binary"), Boolean.class));
  }

  /**
   * Whether its columns had the types of our own migrations when the service started. If that
   * changes later, the database refuses the binary rows, and the chunk goes through the staged
   * sessions, in text.
   */
  boolean takesBinary() {
    return takesBinary;
  }
}
