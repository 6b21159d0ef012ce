package org.kintell.backfill.testsupport;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Processes of the database that wait for another session's lock. */
public final class BlockedStatements {

  private BlockedStatements() {}

  /**
   * Their numbers.
   *
   * @param statement a part of the waiting statement
   */
  public static List<Integer> in(JdbcClient jdbc, String statement) {
    return jdbc.sql(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE ?")
        .param("%" + statement + "%")
        .query(Integer.class)
        .list();
  }
}
