package org.kintell.backfill.database;

import org.flywaydb.core.Flyway;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Migrates the schema at start, if the service can work with the existing tables. */
@Component
class SchemaMigration implements FlywayMigrationStrategy {

  /**
   * @throws UnusableDatabaseException if the service cannot work with the existing tables
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
