package org.kintell.backfill;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Processes of the database that wait for a lock which somebody else has. */
final class HeldUp {

  private HeldUp() {}

  /**
   * Their numbers.
   *
   * @param statement a part of what they wait in
   */
  static List<Integer> in(JdbcClient jdbc, String statement) {
    return jdbc.sql(
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE ?")
        .param("%" + statement + "%")
        .query(Integer.class)
        .list();
  }
}
