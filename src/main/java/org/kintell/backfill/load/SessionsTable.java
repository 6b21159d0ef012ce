package org.kintell.backfill.load;

import java.util.Set;
import org.kintell.backfill.SqlFile;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/** What is known of the table of sessions, which may be older than this service. */
@Component
class SessionsTable {

  private final boolean takesBinary;
  private final Set<String> userKeys;

  SessionsTable(JdbcTemplate jdbc) {
    this.takesBinary =
        Boolean.TRUE.equals(
            jdbc.queryForObject(SqlFile.read("sessions-take-binary"), Boolean.class));
    this.userKeys = Set.copyOf(jdbc.queryForList(SqlFile.read("user-keys"), String.class));
  }

  /**
   * Whether its columns had the types of our own migrations when the service started. If that
   * changes later, the database refuses the binary rows, and the chunk goes through the staged
   * sessions, in text.
   */
  boolean takesBinary() {
    return takesBinary;
  }

  /**
   * Whether it refused sessions of a user who is gone. It may have other foreign keys: what they
   * refuse, it refuses however often the users are looked up.
   */
  boolean lacksUser(DataAccessException e) {
    String constraint = RefusedValue.constraint(e);
    return constraint != null && userKeys.contains(constraint);
  }

  /** Whether it may take the other sessions without some of them. */
  boolean refusesSome(DataAccessException e) {
    return RefusedValue.isReasonOf(e) && !lacksUser(e);
  }
}
