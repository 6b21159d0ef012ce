package org.kintell.backfill.database;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Migrates the schema at the start, in a history of the service's own. The first version kept it
 * under Flyway's usual name, which another service in the same database may use as well.
 */
@Component
class SchemaMigration implements FlywayMigrationStrategy {

  private static final Logger LOG = LoggerFactory.getLogger(SchemaMigration.class);

  private static final String FOREIGN_HISTORY = SqlFile.read("database/foreign-history");
  private static final String COPY = SqlFile.read("database/copy-history");
  private static final String FIRST = "V1__backfill.sql";

  /** Of the first migration, before it left tables of others as they are. */
  private static final int FORMER_CHECKSUM = 2015307670;

  /** Any number: the advisory lock of processes that start at the same moment. */
  private static final long LOCK = 7_214_003_115L;

  /**
   * @throws UnusableDatabaseException when the tables that are there do not allow the service to
   *     work
   */
  @Override
  public void migrate(Flyway flyway) {
    JdbcTransactionManager transactions =
        new JdbcTransactionManager(flyway.getConfiguration().getDataSource());
    JdbcClient jdbc = JdbcClient.create(transactions.getDataSource());
    ExistingTables tables = new ExistingTables(jdbc);
    tables.requireUsable();
    new TransactionTemplate(transactions)
        .executeWithoutResult(status -> bringHistoryOver(flyway, jdbc));
    flyway.migrate();
    tables.ensureUsersIndex();
  }

  /** Copies our lines of the history; the table under the usual name stays as it is. */
  private static void bringHistoryOver(Flyway flyway, JdbcClient jdbc) {
    jdbc.sql("SELECT pg_advisory_xact_lock(:lock)").param("lock", LOCK).query(row -> {});
    if (!jdbc.sql(FOREIGN_HISTORY).query(Boolean.class).single()) {
      return;
    }
    Map<String, Integer> ours = checksums(flyway);
    Map<String, Integer> applied = applied(jdbc);
    applied
        .entrySet()
        .removeIf(
            line ->
                !Objects.equals(line.getValue(), ours.get(line.getKey()))
                    && !isFormer(line.getKey(), line.getValue()));
    if (!applied.containsKey(FIRST)) {
      return;
    }
    jdbc.sql("CREATE TABLE backfill_schema_history (LIKE flyway_schema_history INCLUDING ALL)")
        .update();
    for (String script : applied.keySet()) {
      jdbc.sql(COPY).param("script", script).param("checksum", ours.get(script)).update();
    }
    LOG.info("Schema history moved to backfill_schema_history, {} migrations", applied.size());
  }

  private static boolean isFormer(String script, Integer checksum) {
    return script.equals(FIRST) && checksum != null && checksum == FORMER_CHECKSUM;
  }

  private static Map<String, Integer> checksums(Flyway flyway) {
    return Arrays.stream(flyway.info().all())
        .filter(migration -> migration.getChecksum() != null)
        .collect(Collectors.toMap(MigrationInfo::getScript, MigrationInfo::getChecksum));
  }

  private static Map<String, Integer> applied(JdbcClient jdbc) {
    return jdbc
        .sql(
            "SELECT script, checksum FROM flyway_schema_history WHERE success AND checksum IS NOT NULL")
        .query((row, number) -> Map.entry(row.getString(1), row.getInt(2)))
        .list()
        .stream()
        .collect(
            Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (first, second) -> second));
  }
}
