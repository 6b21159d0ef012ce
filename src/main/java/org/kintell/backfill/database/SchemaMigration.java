package org.kintell.backfill.database;

import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Migrates the schema at the start, when the tables that are there allow the service to work. */
@Component
class SchemaMigration implements FlywayMigrationStrategy {

  /**
   * @throws UnusableDatabaseException when the tables that are there do not allow the service to
   *     work
   */
  @Override
  public void migrate(Flyway flyway) {
    ExistingTables tables =
        new ExistingTables(JdbcClient.create(flyway.getConfiguration().getDataSource()));
    tables.requireUsable();
    flyway.migrate();
    tables.ensureUsersIndex();
  }
}
