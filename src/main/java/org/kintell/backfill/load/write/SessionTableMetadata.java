package org.kintell.backfill.load.write;

import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.kintell.backfill.database.SqlFile;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.JdbcUpdateAffectedIncorrectNumberOfRowsException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.stereotype.Component;

/** Facts about the table of sessions, which may be older than this service. */
@Component
class SessionTableMetadata {

  private final boolean takesBinary;
  private final String idType;
  private final Map<String, String> userKeys;

  SessionTableMetadata(JdbcTemplate jdbc) {
    this.takesBinary =
        Boolean.TRUE.equals(
            jdbc.queryForObject(
                SqlFile.read("load/write/sessions-take-binary"),
                Boolean.class,
                new SqlParameterValue(Types.ARRAY, SessionColumn.names()),
                new SqlParameterValue(Types.ARRAY, SessionColumn.binaryTypes())));
    this.idType = jdbc.queryForObject(SqlFile.read("load/write/session-id-type"), String.class);
    this.userKeys = new HashMap<>();
    jdbc.query(
        SqlFile.read("load/write/user-keys"),
        row -> {
          userKeys.put(row.getString(1), row.getString(2));
        });
  }

  /**
   * Whether its columns had the types of our own migrations when the service started. If that
   * changes later, the database refuses the binary rows, and the chunk goes through the staged
   * sessions, in text.
   */
  boolean takesBinary() {
    return takesBinary;
  }

  /** The type of its external ids, as SQL names it. */
  String idType() {
    return idType;
  }

  /** Whether it refuses sessions of users who do not exist. */
  boolean refersToUsers() {
    return userKeys.values().containsAll(Set.of("participant_id", "volunteer_id"));
  }

  /**
   * Whether it refused sessions of a user who is gone. It may have other foreign keys: what they
   * refuse, it refuses however often the users are looked up.
   */
  boolean lacksUser(DataAccessException e) {
    String constraint = RowLevelSqlErrors.constraint(e);
    return constraint != null && userKeys.containsKey(constraint);
  }

  /** Whether it may take the other sessions without some of them. */
  boolean refusesSome(DataAccessException e) {
    return e instanceof JdbcUpdateAffectedIncorrectNumberOfRowsException
        || (RowLevelSqlErrors.isReasonOf(e) && !lacksUser(e));
  }
}
