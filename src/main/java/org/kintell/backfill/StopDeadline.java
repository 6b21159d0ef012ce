package org.kintell.backfill;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Ends the process if it does not stop in time: a statement that waits in the database cannot be
 * interrupted, and routes wait for it without limit. No data is lost: the database rolls open
 * transactions back, and jobs continue at the next start.
 */
final class StopDeadline implements ApplicationListener<ContextClosedEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(StopDeadline.class);
  private static final Duration PATIENCE = Duration.ofSeconds(9);
  private static final int STOPPED_BY_FORCE = 1;

  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    Thread deadline = new Thread(StopDeadline::endInTime, "stop-deadline");
    deadline.setDaemon(true);
    deadline.start();
  }

  private static void endInTime() {
    try {
      Thread.sleep(PATIENCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    LOG.warn(
        "Not stopped after {} s, so the process ends now. Its jobs go on at the next start.",
        PATIENCE.toSeconds());
    Runtime.getRuntime().halt(STOPPED_BY_FORCE);
  }
}
