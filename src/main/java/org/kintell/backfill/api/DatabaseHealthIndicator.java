package org.kintell.backfill.api;

import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health.Builder;
import org.springframework.stereotype.Component;

/** The part of readiness that can change: without its database the service can serve nobody. */
@Component
class DatabaseHealthIndicator extends AbstractHealthIndicator {

  private final DatabaseProbe probe;

  DatabaseHealthIndicator(DatabaseProbe probe) {
    this.probe = probe;
  }

  @Override
  protected void doHealthCheck(Builder builder) {
    String answer = probe.ask();
    if (answer.equals(DatabaseProbe.OK)) {
      builder.up();
    } else {
      builder.down().withDetail("database", answer);
    }
  }
}
