package org.kintell.backfill.event;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.run.JobRuns;
import org.kintell.backfill.load.LoadedChunk;
import org.springframework.stereotype.Component;

/**
 * Chunks whose events this process is about to publish. Publishing yields to loading: while a job
 * is loaded, a chunk is published every five seconds, so that events never stand still, and one
 * with few new sessions at once, so that a small job does not wait for a large one. The others are
 * read back from the database when no job is loaded.
 */
@Component
public class EventQueue {

  /**
   * Between two chunks while a job is loaded: a chunk's events take the two cores from the loaders
   * for a tenth of a second or two.
   */
  private static final Duration TURN = Duration.ofSeconds(5);

  /** So many events of a chunk cost the loaders nothing that could be noticed. */
  private static final int FEW_EVENTS = 100;

  /** Chunks with few events that are published, or wait to be, at the same time. */
  private static final int MOST_AT_ONCE = 10;

  /** Between a failed attempt and the next. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final NatsLink link;
  private final EventLedger ledger;
  private final JobRuns runs;
  private final AtomicLong nextTurn = new AtomicLong(System.nanoTime());
  private volatile long notBefore = System.nanoTime();
  private final Set<ChunkRef> chunks = ConcurrentHashMap.newKeySet();

  EventQueue(NatsLink link, EventLedger ledger, JobRuns runs) {
    this.link = link;
    this.ledger = ledger;
    this.runs = runs;
  }

  /**
   * Whether a chunk may be published from memory.
   *
   * @param chunk null when it turned out to be loaded before
   */
  public boolean admit(@Body LoadedChunk chunk) {
    return chunk != null
        && chunk.events() > 0
        && link.isConnected()
        && hasRoomFor(chunk)
        && chunks.add(chunk.ref());
  }

  /** New values wait for a turn: they must not overtake others of the same session. */
  private boolean hasRoomFor(LoadedChunk chunk) {
    return chunk.updates().isEmpty() && chunk.events() <= FEW_EVENTS
        ? chunks.size() < MOST_AT_ONCE
        : chunks.isEmpty() && takeTurn();
  }

  private boolean takeTurn() {
    long now = System.nanoTime();
    long turn = nextTurn.get();
    return now - turn >= 0 && nextTurn.compareAndSet(turn, now + TURN.toNanos());
  }

  /** Chunks to be read back: none while there is enough to do, or nobody to send them to. */
  public List<ChunkRef> waiting() {
    if (!link.isConnected() || !chunks.isEmpty() || System.nanoTime() - notBefore < 0) {
      return List.of();
    }
    if (!runs.areLoading()) {
      return ledger.unpublished();
    }
    return takeTurn() ? ledger.unpublished().stream().limit(1).toList() : List.of();
  }

  /** The chunk as the database has it; null when it is about to be published from memory. */
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

  /** The chunk is published. */
  public void release(@ExchangeProperty("loaded") LoadedChunk chunk) {
    chunks.remove(chunk.ref());
  }

  /** The chunk is left to a later attempt, and not at once. */
  public void leave(@ExchangeProperty("loaded") LoadedChunk chunk) {
    notBefore = System.nanoTime() + PAUSE.toNanos();
    chunks.remove(chunk.ref());
  }
}
