package org.kintell.backfill.load;

import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;
import org.springframework.stereotype.Component;

/**
 * The Idempotent Repository of session ids. It answers from the chunk's looked-up ids and those of
 * its earlier rows, without asking the database.
 */
@Component
class ChunkIdempotentRepository extends ServiceSupport implements IdempotentRepository {

  @Override
  public boolean add(Exchange exchange, String sessionId) {
    return chunk(exchange).take(sessionId);
  }

  @Override
  public boolean contains(Exchange exchange, String sessionId) {
    return chunk(exchange).isTaken(sessionId);
  }

  /** Keeps the id: the first valid row has it, even if the chunk fails. */
  @Override
  public boolean remove(Exchange exchange, String sessionId) {
    return false;
  }

  @Override
  public boolean confirm(Exchange exchange, String sessionId) {
    return true;
  }

  private static Chunk chunk(Exchange exchange) {
    return exchange.getProperty(Chunk.PROPERTY, Chunk.class);
  }

  @Override
  public boolean add(String sessionId) {
    throw withoutExchange();
  }

  @Override
  public boolean contains(String sessionId) {
    throw withoutExchange();
  }

  @Override
  public boolean remove(String sessionId) {
    throw withoutExchange();
  }

  @Override
  public boolean confirm(String sessionId) {
    throw withoutExchange();
  }

  @Override
  public void clear() {
    // Nothing outlives its chunk.
  }

  private static UnsupportedOperationException withoutExchange() {
    return new UnsupportedOperationException("session ids are known within a chunk only");
  }
}
