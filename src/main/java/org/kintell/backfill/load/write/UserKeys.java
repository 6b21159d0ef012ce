package org.kintell.backfill.load.write;

import java.sql.Types;
import java.util.Locale;
import java.util.UUID;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.load.Chunk;
import org.kintell.backfill.load.StaleUserException;
import org.kintell.backfill.load.UserLookup;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.SqlParameterValue;
import org.springframework.stereotype.Component;

/**
 * The foreign keys from sessions to users, and how they are checked. PostgreSQL locks both users of
 * each row, one row at a time, which is most of the time of COPY. Where nothing but these keys
 * would notice, a chunk locks each of its users once, with the same lock, and COPY runs without
 * triggers.
 */
@Component
public class UserKeys {

  /** The first version that can grant SET on a parameter. */
  private static final int GRANTS_PARAMETERS = 150_000;

  private static final String OBSTACLE = "load/write/obstacle-to-key-checks-by-chunk";
  private static final String LOCK_USERS = SqlFile.read("load/write/lock-users");

  private final JdbcTemplate jdbc;
  private final UserLookup users;
  private final SessionTableMetadata table;
  private final boolean automatic;
  private final String askForObstacle;
  private volatile String obstacle;

  UserKeys(
      JdbcTemplate jdbc, UserLookup users, SessionTableMetadata table, BackfillSettings settings) {
    this.jdbc = jdbc;
    this.users = users;
    this.table = table;
    this.automatic = settings.foreignKeys().equals("auto");
    Integer version =
        jdbc.queryForObject("SELECT current_setting('server_version_num')::int", Integer.class);
    this.askForObstacle =
        SqlFile.read(OBSTACLE)
            .replace(
                "${may_set}",
                version != null && version >= GRANTS_PARAMETERS
                    ? "has_parameter_privilege('session_replication_role', 'SET')"
                    : "current_setting('is_superuser')::boolean");
    this.obstacle = findObstacle();
  }

  /** How it is checked that the users of a chunk exist. */
  public enum Check {
    /** Each user is locked once for the chunk; COPY runs without triggers. */
    CHUNK,
    /** The foreign keys check each row. */
    ROW,
    /** There are no foreign keys: the users of the chunk are looked up once more. */
    NONE;

    /** As reports, the ledger and {@code /actuator/info} have it. */
    public String stored() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** How the last chunk was checked, or the next one will be. */
  public Check current() {
    if (!table.refersToUsers()) {
      return Check.NONE;
    }
    return obstacle == null ? Check.CHUNK : Check.ROW;
  }

  /** Why the keys are checked row by row; null if they are not. */
  public String obstacle() {
    return current() == Check.ROW ? obstacle : null;
  }

  /**
   * Decides how the users of a chunk are checked, for the rest of the caller's transaction, and
   * checks them unless the table will.
   *
   * @throws StaleUserException when one of them was deleted
   */
  Check check(Chunk chunk) {
    if (!table.refersToUsers()) {
      users.requireAll(chunk);
      return Check.NONE;
    }
    if (automatic) {
      // From here on nobody adds a trigger, or drops a key, before this transaction ends.
      jdbc.execute("LOCK TABLE kintell_sessions IN ROW EXCLUSIVE MODE");
    }
    String found = findObstacle();
    obstacle = found;
    if (found != null) {
      return Check.ROW;
    }
    lock(chunk.users());
    return Check.CHUNK;
  }

  private String findObstacle() {
    return automatic
        ? jdbc.queryForList(askForObstacle, String.class).stream().findFirst().orElse(null)
        : "BACKFILL_FOREIGN_KEYS is row";
  }

  private void lock(UUID[] needed) {
    if (needed.length == 0) {
      return;
    }
    Integer locked =
        jdbc.queryForObject(LOCK_USERS, Integer.class, new SqlParameterValue(Types.ARRAY, needed));
    if (locked == null || locked != needed.length) {
      throw users.stale(null);
    }
  }

  /** Runs COPY, without triggers if the users of its sessions are locked. */
  void copy(Check check, Runnable copy) {
    if (check == Check.CHUNK) {
      // After a failure the transaction is rolled back, and the parameter with it.
      jdbc.execute("SET LOCAL session_replication_role = replica");
      copy.run();
      jdbc.execute("SET LOCAL session_replication_role = origin");
    } else {
      copy.run();
    }
  }
}
