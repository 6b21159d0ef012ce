package org.kintell.backfill.job.run;

import java.sql.SQLException;
import org.kintell.backfill.job.Ownership;
import org.springframework.stereotype.Component;

/** Shows other processes that this one lives, and what it is loading. */
@Component
public class Heartbeat {

  private final Ownership ownership;
  private final Loaders loaders;

  Heartbeat(Ownership ownership, Loaders loaders) {
    this.ownership = ownership;
    this.loaders = loaders;
  }

  /** To be called every second. */
  public void beat() throws SQLException {
    ownership.beat(loaders.count(), loaders.areClosing(), loaders.loading());
  }
}
