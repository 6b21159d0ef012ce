package org.kintell.backfill.job.run;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.kintell.backfill.job.Ownership;
import org.springframework.stereotype.Component;

/** Shows other processes that this one lives, and what it is loading; notices what they notify. */
@Component
public class Heartbeat {

  /** Between two beats while there is no work; less than a process may be unseen. */
  private static final Duration CALM_PERIOD = Duration.ofMillis(1500);

  private final Ownership ownership;
  private final Loaders loaders;
  private final Activity activity;
  private final ChangesByHand changes;
  private long last = System.nanoTime() - CALM_PERIOD.toNanos();

  Heartbeat(Ownership ownership, Loaders loaders, Activity activity, ChangesByHand changes) {
    this.ownership = ownership;
    this.loaders = loaders;
    this.activity = activity;
    this.changes = changes;
  }

  /** To be called every second. */
  public void beat() throws SQLException {
    List<String> notifications = ownership.notifications();
    if (!notifications.isEmpty()) {
      activity.notice();
      changes.note(notifications);
    }
    long now = System.nanoTime();
    if (activity.isCalm() && now - last < CALM_PERIOD.toNanos()) {
      return;
    }
    last = now;
    if (ownership.beat(loaders.count(), loaders.areClosing(), loaders.loading())) {
      activity.notice();
    }
  }
}
