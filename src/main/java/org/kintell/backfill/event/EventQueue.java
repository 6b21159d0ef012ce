package org.kintell.backfill.event;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Body;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.run.Activity;
import org.kintell.backfill.job.run.JobRuns;
import org.kintell.backfill.load.LoadedChunk;
import org.springframework.stereotype.Component;

/**
 * Chunks whose events this process is publishing. Loading has priority: while a job is loading, one
 * chunk is published every five seconds, and a chunk with few new sessions immediately, so that a
 * small job does not wait for a large one. The other chunks are read back from the database later.
 */
@Component
public class EventQueue {

  /** Between two chunks while a job is loading: publishing a chunk slows the loaders down. */
  private static final Duration TURN = Duration.ofSeconds(5);

  /** Up to this number, publishing does not slow the loaders down. */
  private static final int FEW_EVENTS = 100;

  private static final int MAX_SMALL_CHUNKS = 10;

  private static final Duration RETRY_DELAY = Duration.ofSeconds(2);

  private final NatsLink link;
  private final EventLedger ledger;
  private final JobRuns runs;
  private final Activity activity;
  private final AtomicLong nextTurn = new AtomicLong(System.nanoTime());
  private volatile long notBefore = System.nanoTime();
  private final Set<ChunkRef> chunks = ConcurrentHashMap.newKeySet();

  EventQueue(NatsLink link, EventLedger ledger, JobRuns runs, Activity activity) {
    this.link = link;
    this.ledger = ledger;
    this.runs = runs;
    this.activity = activity;
  }

  /**
   * Whether a chunk may be published from memory.
   *
   * @param chunk null when it had been loaded before
   */
  public boolean admit(@Body LoadedChunk chunk) {
    return chunk != null
        && chunk.events() > 0
        && link.isConnected()
        && hasRoomFor(chunk)
        && chunks.add(chunk.ref());
  }

  /** Updates wait for their turn: they must not overtake earlier events of the same session. */
  private boolean hasRoomFor(LoadedChunk chunk) {
    return chunk.updates().isEmpty() && chunk.events() <= FEW_EVENTS
        ? chunks.size() < MAX_SMALL_CHUNKS
        : chunks.isEmpty() && takeTurn();
  }

  private boolean takeTurn() {
    long now = System.nanoTime();
    long turn = nextTurn.get();
    return now - turn >= 0 && nextTurn.compareAndSet(turn, now + TURN.toNanos());
  }

  /** Chunks to read back; empty while this process is publishing or NATS is unavailable. */
  public List<ChunkRef> unpublished() {
    if (!link.isConnected() || !chunks.isEmpty() || System.nanoTime() - notBefore < 0) {
      return List.of();
    }
    if (runs.areLoading()) {
      return takeTurn() ? ledger.unpublished().stream().limit(1).toList() : List.of();
    }
    List<ChunkRef> unpublished = ledger.unpublished();
    if (!unpublished.isEmpty()) {
      activity.notice();
    }
    return unpublished;
  }

  /** Loads a chunk from the database; null when it is in the queue or its job is gone. */
  public LoadedChunk readBack(@Body ChunkRef ref) {
    if (!chunks.add(ref)) {
      return null;
    }
    LoadedChunk chunk = null;
    try {
      chunk = ledger.load(ref);
    } finally {
      if (chunk == null) {
        chunks.remove(ref);
      }
    }
    return chunk;
  }

  public void release(@Body LoadedChunk chunk) {
    // Others may wait behind it.
    activity.notice();
    chunks.remove(chunk.ref());
  }

  /** Leaves a chunk to recover-events, after a delay. */
  public void postpone(@Body LoadedChunk chunk) {
    notBefore = System.nanoTime() + RETRY_DELAY.toNanos();
    release(chunk);
  }
}
