package org.kintell.backfill.api;

import org.kintell.backfill.database.DatabaseMonitor;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health.Builder;
import org.springframework.stereotype.Component;

/** The part of readiness that can change: without its database the service can serve nobody. */
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
