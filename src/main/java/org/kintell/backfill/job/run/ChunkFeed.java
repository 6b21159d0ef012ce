package org.kintell.backfill.job.run;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.PendingChunk;

/**
 * Hands out the chunks of one running job as loaders become free: the main chunks in any order,
 * then the tail chunks one after the other, each after all before it are loaded.
 *
 * <p>One thread iterates; the loaders report back through {@link #done}.
 */
final class ChunkFeed implements Iterator<ChunkRef> {

  private static final long LOOK_UP_MILLIS = 200;

  private final UUID jobId;
  private final Queue<PendingChunk> main = new ArrayDeque<>();
  private final Queue<PendingChunk> tail = new ArrayDeque<>();
  private final Semaphore loaders;
  private final Throttle throttle;
  private final TreeSet<Integer> loading = new TreeSet<>();

  /** How many chunks from the oldest one that is being loaded; null for any number. */
  private IntSupplier ahead;

  private int loaded;
  private boolean stopped;

  /**
   * @param loaders shared with other jobs; fair, so that a small job need not wait for a large one
   * @param throttle shared as well
   */
  ChunkFeed(UUID jobId, Semaphore loaders, Throttle throttle) {
    this.jobId = jobId;
    this.loaders = loaders;
    this.throttle = throttle;
  }

  /**
   * Hands out chunks in such a way that whatever is found out of one is found out soon: the first
   * one alone, then never more at a time than were loaded so far.
   *
   * @param most and never more at a time than this; what is asked for is the number at that moment
   */
  synchronized void checked(IntSupplier most) {
    ahead = most;
  }

  /** Says which chunks there are to hand out. */
  synchronized void fill(List<PendingChunk> mainChunks, List<PendingChunk> tailChunks) {
    main.addAll(mainChunks);
    tail.addAll(tailChunks);
  }

  /** Whether chunks are left. Never waits: a splitter asks this before it sends the one it has. */
  @Override
  public synchronized boolean hasNext() {
    return !stopped && !(main.isEmpty() && tail.isEmpty());
  }

  /** The next chunk, once a loader is free; null when the job was stopped meanwhile. */
  @Override
  public ChunkRef next() {
    try {
      while (!isStopped()) {
        if (!throttle.isOpen() || isHeldUp()) {
          pause();
        } else if (loaders.tryAcquire(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS)) {
          PendingChunk chunk = take();
          if (chunk != null) {
            throttle.took(chunk.rows());
            return new ChunkRef(jobId, chunk.chunkNo());
          }
          loaders.release();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
    }
    return null;
  }

  private synchronized void pause() throws InterruptedException {
    if (!stopped) {
      wait(LOOK_UP_MILLIS);
    }
  }

  /** A loader that waited here for an earlier chunk would be missed by other jobs. */
  synchronized boolean isHeldUp() {
    if (loading.isEmpty()) {
      return false;
    }
    return main.isEmpty()
        || (ahead != null
            && main.element().chunkNo() - loading.first()
                >= Math.min(ahead.getAsInt(), Math.max(1, loaded)));
  }

  private synchronized PendingChunk take() {
    if (stopped) {
      return null;
    }
    PendingChunk chunk = main.isEmpty() ? tail.remove() : main.remove();
    loading.add(chunk.chunkNo());
    return chunk;
  }

  /** A chunk was loaded, or will not be. */
  void done(int chunkNo) {
    loaders.release();
    synchronized (this) {
      loading.remove(chunkNo);
      loaded++;
      notifyAll();
    }
  }

  /** Whether no chunk is being loaded. */
  synchronized boolean isIdle() {
    return loading.isEmpty();
  }

  /** Hands out no more chunks; what is being loaded is finished. */
  synchronized void stop() {
    stopped = true;
    notifyAll();
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  /** Waits for the chunks handed out; true when every chunk was, and the job was not stopped. */
  synchronized boolean awaitLoaded() throws InterruptedException {
    while (!loading.isEmpty()) {
      wait();
    }
    return !stopped;
  }
}
