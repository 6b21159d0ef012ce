package org.kintell.backfill.job.run;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.apache.camel.Exchange;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.job.ChunkRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** The loaders of this process, each of which loads one chunk at a time, of whichever job. */
@Component
public class Loaders {

  private static final Logger LOG = LoggerFactory.getLogger(Loaders.class);

  /** As many consumers as the route that loads chunks has. */
  public static final int MOST = 64;

  /** The exchange property that holds the loader of a chunk. */
  private static final String LOADER = "loader";

  private final Throttle throttle;
  private final Permits permits;
  private final Set<ChunkRef> loading = ConcurrentHashMap.newKeySet();
  private int count;
  private volatile boolean closing;

  Loaders(BackfillSettings settings, Throttle throttle) {
    this.throttle = throttle;
    count = settings.loaders();
    permits = new Permits(count);
  }

  /**
   * Takes a loader for an exchange until {@link #release}; false without a free one. Not until the
   * exchange ends: a queue hands that over to the message that it takes.
   */
  public boolean take(Exchange exchange) {
    if (closing || !permits.tryAcquire()) {
      return false;
    }
    if (!throttle.letPass()) {
      permits.release();
      return false;
    }
    exchange.setProperty(LOADER, new Taken());
    return true;
  }

  /** Gives the exchange's loader back. */
  public void release(Exchange exchange) {
    Taken taken = exchange.getProperty(LOADER, Taken.class);
    if (taken != null) {
      taken.release();
    }
  }

  /** Notes which chunk the exchange's loader loads. */
  public void begin(Exchange exchange, ChunkRef chunk, int rows) {
    throttle.took(rows);
    exchange.getProperty(LOADER, Taken.class).begin(chunk);
  }

  /** The chunks that are being loaded here. */
  public Set<ChunkRef> loading() {
    return Set.copyOf(loading);
  }

  boolean areFree() {
    return permits.availablePermits() > 0;
  }

  /** Whether this process is stopping: it begins nothing more, and ends what it has begun. */
  public boolean areClosing() {
    return closing;
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

  /** On the way down jobs stop at a chunk boundary. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    if (!closing) {
      LOG.info(
          "Stopping: {} in flight; unfinished jobs continue in other processes or at the next start",
          Quantity.of(loading.size(), "chunk"));
    }
    closing = true;
  }

  /** A loader that is taken, given back once. */
  private final class Taken {
    private ChunkRef chunk;
    private boolean released;

    synchronized void begin(ChunkRef ref) {
      chunk = ref;
      loading.add(ref);
    }

    synchronized void release() {
      if (!released) {
        released = true;
        if (chunk == null) {
          throttle.tookNothing();
        } else {
          loading.remove(chunk);
        }
        permits.release();
      }
    }
  }

  private static final class Permits extends Semaphore {

    private static final long serialVersionUID = 1L;

    Permits(int count) {
      super(count);
    }

    void reduce(int reduction) {
      reducePermits(reduction);
    }
  }
}
