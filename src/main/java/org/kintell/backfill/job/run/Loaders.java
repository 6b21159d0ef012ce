package org.kintell.backfill.job.run;

import java.util.concurrent.Semaphore;
import org.kintell.backfill.config.BackfillSettings;
import org.springframework.stereotype.Component;

/**
 * The permits to load a chunk, shared by all jobs of this process; fair, so that a small job need
 * not wait for a large one.
 */
@Component
public class Loaders {

  /** As many consumers as the chunk queue has. */
  public static final int MOST = 64;

  private final Permits permits;
  private int count;

  Loaders(BackfillSettings settings) {
    count = settings.loaders();
    permits = new Permits(count);
  }

  Semaphore permits() {
    return permits;
  }

  public synchronized int count() {
    return count;
  }

  /** Changes their number; chunks that are being loaded are finished. */
  public synchronized void resize(int wanted) {
    if (wanted > count) {
      permits.release(wanted - count);
    } else {
      permits.reduce(count - wanted);
    }
    count = wanted;
  }

  private static final class Permits extends Semaphore {

    private static final long serialVersionUID = 1L;

    Permits(int count) {
      super(count, true);
    }

    void reduce(int reduction) {
      reducePermits(reduction);
    }
  }
}
