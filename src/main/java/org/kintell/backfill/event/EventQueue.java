package org.kintell.backfill.event;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.load.LoadedChunk;
import org.springframework.stereotype.Component;

/**
 * Chunks whose events this process is about to publish. Only a few are kept in memory, right after
 * they were loaded: publishing must hold up neither loading nor the heap. The others are read back
 * from the database when there is time.
 */
@Component
public class EventQueue {

  private static final int KEPT = 3;

  /** Between a failed attempt and the next. */
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private final NatsLink link;
  private final EventLedger ledger;
  private volatile long notBefore = System.nanoTime();
  private final Set<ChunkRef> chunks = ConcurrentHashMap.newKeySet();

  EventQueue(NatsLink link, EventLedger ledger) {
    this.link = link;
    this.ledger = ledger;
  }

  /**
   * Whether a chunk may be published from memory.
   *
   * @param chunk null when it turned out to be loaded before
   */
  public boolean admit(@Body LoadedChunk chunk) {
    return chunk != null
        && chunk.hasEvents()
        && link.isConnected()
        && chunks.size() < KEPT
        && chunks.add(chunk.ref());
  }

  /** Chunks to be read back: none while there is enough to do, or nobody to send them to. */
  public List<ChunkRef> waiting() {
    if (!link.isConnected() || !chunks.isEmpty() || System.nanoTime() - notBefore < 0) {
      return List.of();
    }
    return ledger.unpublished();
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
