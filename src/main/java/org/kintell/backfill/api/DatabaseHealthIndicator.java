package org.kintell.backfill.api;

import org.kintell.backfill.database.DatabaseMonitor;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health.Builder;
import org.springframework.stereotype.Component;

/** Makes readiness depend on the database: without it the service can serve no request. */
@Component
class DatabaseHealthIndicator extends AbstractHealthIndicator {

  private final DatabaseMonitor database;

  DatabaseHealthIndicator(DatabaseMonitor database) {
    this.database = database;
  }

  @Override
  protected void doHealthCheck(Builder builder) {
    String answer = database.ask();
    if (answer.equals(DatabaseMonitor.OK)) {
      builder.up();
    } else {
      builder.down().withDetail("database", answer);
    }
  }
}
