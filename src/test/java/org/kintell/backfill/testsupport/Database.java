package org.kintell.backfill.testsupport;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A database of its own on the shared server, for one application or for the processes of one test.
 */
public final class Database implements AutoCloseable {

  /** Any number: the advisory lock at which a process stops. */
  private static final long BREAKPOINT = 4711;

  private final String name = "test_" + UUID.randomUUID().toString().replace('-', '_');
  private final SingleConnectionDataSource dataSource;
  private final JdbcClient jdbc;
  private String table;

  /**
   * @param template the database to copy, without connections
   */
  private Database(String template) {
    RealParts.jdbc().sql("CREATE DATABASE " + name + " TEMPLATE " + template).update();
    dataSource = new SingleConnectionDataSource(RealParts.jdbcUrl(name), true);
    jdbc = JdbcClient.create(dataSource);
  }

  /** With the tables of the service, empty. */
  static Database migrated() {
    return new Database(Migrated.name());
  }

  /** Without tables. */
  static Database empty() {
    return new Database("template1");
  }

  /** For {@code DATABASE_URL}. */
  public String url() {
    return RealParts.databaseUrl(name);
  }

  /** A connection outside every pool. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(RealParts.jdbcUrl(name));
  }

  /** Its name on the server. */
  public String name() {
    return name;
  }

  public JdbcClient jdbc() {
    return jdbc;
  }

  public Sessions sessions() {
    return new Sessions(jdbc);
  }

  /**
   * Blocks each update of the ledger for which the condition holds, inside its transaction, until
   * {@link #letGo}.
   *
   * @param condition on OLD and NEW, in SQL
   */
  public void holdUpWhen(String condition) {
    holdUp("BEFORE UPDATE ON backfill_chunks FOR EACH ROW WHEN (" + condition + ")");
  }

  /**
   * The same for any table.
   *
   * @param event when, on what, and under which condition, as a trigger is declared
   */
  public void holdUp(String event) {
    table = event.replaceAll("^.* ON (\\w+) .*$", "$1");
    jdbc.sql("SELECT pg_advisory_lock(?)").param(BREAKPOINT).query(rows -> {});
    jdbc.sql(
            """
            CREATE OR REPLACE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN PERFORM pg_advisory_xact_lock_shared(%d); RETURN NEW; END $$
            """
                .formatted(BREAKPOINT))
        .update();
    jdbc.sql("CREATE TRIGGER hold_up " + event + " EXECUTE FUNCTION hold_up()").update();
  }

  /** Waits until a transaction is blocked. */
  public void awaitHeldUp() {
    Awaitility.await("somebody at the breakpoint")
        .until(
            () ->
                jdbc.sql(
                        "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory'"
                            + " AND objid = ? AND NOT granted")
                    .param(BREAKPOINT)
                    .query(Boolean.class)
                    .single());
  }

  /**
   * Releases all blocked transactions, and keeps the trigger: its removal waits for them to end.
   */
  public void open() {
    jdbc.sql("SELECT pg_advisory_unlock(?)").param(BREAKPOINT).query(rows -> {});
  }

  /** Releases all blocked transactions, and blocks no others. */
  public void letGo() {
    open();
    jdbc.sql("DROP TRIGGER hold_up ON " + table).update();
  }

  @Override
  public void close() {
    dataSource.destroy();
    RealParts.jdbc().sql("DROP DATABASE " + name + " WITH (FORCE)").update();
  }

  /** The template of the other databases, migrated as by a start of the service. */
  private static final class Migrated {
    private static final String NAME = "migrated";

    static {
      RealParts.jdbc().sql("CREATE DATABASE " + NAME).update();
      Flyway.configure()
          .dataSource(RealParts.jdbcUrl(NAME), null, null)
          .table("backfill_schema_history")
          .load()
          .migrate();
    }

    static String name() {
      return NAME;
    }
  }
}
