package org.kintell.backfill.testsupport;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Halves Awaitility's poll interval and initial delay for all tests, because most conditions hold
 * sooner. Registered as a service.
 */
public final class PollOften implements BeforeAllCallback {

  private static final Duration INTERVAL = Duration.ofMillis(50);

  @Override
  public void beforeAll(ExtensionContext tests) {
    Awaitility.setDefaultPollInterval(INTERVAL);
  }
}
