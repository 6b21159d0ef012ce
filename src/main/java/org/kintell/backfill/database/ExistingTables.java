package org.kintell.backfill.database;

import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Checks whether the service can work with tables that other services or an older version created.
 */
final class ExistingTables {

  private static final Logger LOG = LoggerFactory.getLogger(ExistingTables.class);

  /** SQLSTATE of a missing right, and of a policy that would hide rows. */
  private static final String DENIED = "42501";

  private static final String PROBLEMS = SqlFile.read("database/table-problems");
  private static final String LACK_KEY = SqlFile.read("database/sessions-lack-key");
  private static final String REPEATED = SqlFile.read("database/repeated-session-ids");
  private static final String USERS_PLAN = SqlFile.read("database/users-plan");
  private static final String INDEX_ALLOWED = SqlFile.read("database/users-index-allowed");

  private final JdbcClient jdbc;

  ExistingTables(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Call this before any change.
   *
   * @throws UnusableDatabaseException with the first problem
   */
  void requireUsable() {
    List<String> problems = jdbc.sql(PROBLEMS).query(String.class).list();
    if (!problems.isEmpty()) {
      throw new UnusableDatabaseException(problems.get(0));
    }
    if (jdbc.sql(LACK_KEY).query(Boolean.class).single()) {
      long repeated = jdbc.sql(REPEATED).query(Long.class).single();
      if (repeated > 0) {
        throw new UnusableDatabaseException(
            "%d values of kintell_sessions.external_session_id stand in it more than once, and the service needs a unique index on it. Remove the repeats"
                .formatted(repeated));
      }
    }
  }

  /**
   * Creates an index on the lower-case address of users, unless a usable one exists or this role
   * may not.
   *
   * @throws UnusableDatabaseException if the users cannot be read
   */
  void ensureUsersIndex() {
    if (usersHaveIndex()) {
      return;
    }
    try {
      if (jdbc.sql(INDEX_ALLOWED).query(Boolean.class).single()) {
        jdbc.sql("CREATE INDEX IF NOT EXISTS users_lower_email_idx ON users (lower(email))")
            .update();
        return;
      }
    } catch (DataAccessException e) {
      LOG.debug("No index on users: {}", e.getMessage());
    }
    LOG.warn(
        "users has no index on lower(email), so each chunk reads all users. Run as the owner: CREATE INDEX ON users (lower(email))");
  }

  /** By the query plan, which covers views and partitions too. */
  private boolean usersHaveIndex() {
    try {
      jdbc.sql("SELECT id, email FROM users LIMIT 1").query(row -> {});
      return jdbc.sql(USERS_PLAN).query(String.class).list().stream()
          .noneMatch(line -> line.contains("Seq Scan"));
    } catch (DataAccessException e) {
      if (!(e.getMostSpecificCause() instanceof SQLException refused)
          || !DENIED.equals(refused.getSQLState())) {
        throw e;
      }
      throw new UnusableDatabaseException(
          "users cannot be read (%s). GRANT what is missing, or let the view see all rows: ALTER ROLE … BYPASSRLS for its owner"
              .formatted(refused.getMessage().lines().findFirst().orElse("")));
    }
  }
}
