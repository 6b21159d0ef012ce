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
            INSERT INTO backfill_nodes (number, name, version, folder, loaders, judges_from)
            VALUES (?, 'other/1', 'test',
                    coalesce((SELECT folder FROM backfill_nodes ORDER BY started_at LIMIT 1), gen_random_uuid()),
                    1, now())
            ON CONFLICT (number) DO UPDATE SET seen_at = now()
            """)
        .param(number)
        .update();
    // It shows no life, so the line is kept as if it did.
    jdbc.sql(
            """
            CREATE OR REPLACE FUNCTION keep_node() RETURNS trigger LANGUAGE plpgsql AS
              'BEGIN RETURN NULL; END'
            """)
        .update();
    jdbc.sql(
            "CREATE OR REPLACE TRIGGER %s BEFORE DELETE ON backfill_nodes FOR EACH ROW WHEN (OLD.number = %d) EXECUTE FUNCTION keep_node()"
                .formatted(trigger(), number))
        .update();
  }

  private String trigger() {
    return "keep_node_" + Math.abs(number);
  }

  /** From now on it is taken for lost. */
  public void vanish() {
    jdbc.sql("DROP TRIGGER IF EXISTS " + trigger() + " ON backfill_nodes").update();
    jdbc.sql("UPDATE backfill_nodes SET seen_at = now() - interval '1 hour' WHERE number = ?")
        .param(number)
        .update();
  }
}
