package org.kintell.backfill.testsupport;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Another process on the same database, as its line there shows it. */
public final class OtherNode {

  private final JdbcClient jdbc;
  private final long number;

  /**
   * @param number by which jobs, chunks and files name it
   */
  public OtherNode(JdbcClient jdbc, long number) {
    this.jdbc = jdbc;
    this.number = number;
    jdbc.sql(
            """
            INSERT INTO backfill_nodes (number, name, version, loaders, seen_at, judges_from)
            VALUES (?, 'other/1', 'test', 1, now() + interval '1 hour', now())
            ON CONFLICT (number) DO UPDATE SET seen_at = excluded.seen_at
            """)
        .param(number)
        .update();
  }

  /** From now on it is taken for lost. */
  public void vanish() {
    jdbc.sql("UPDATE backfill_nodes SET seen_at = now() - interval '1 hour' WHERE number = ?")
        .param(number)
        .update();
  }
}
