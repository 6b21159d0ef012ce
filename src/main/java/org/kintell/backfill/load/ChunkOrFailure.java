package org.kintell.backfill.load;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/**
 * Goes on with a chunk whose rows are decided, or fails it with what is no fault of a row. That has
 * arrived in the Dead Letter Channel as well; the chunk's caller is to decide whether to try again.
 */
@Component
class ChunkOrFailure implements AggregationStrategy {

  @Override
  public Exchange aggregate(Exchange chunk, Exchange rows) {
    if (rows.getMessage().getBody() instanceof Throwable failure) {
      chunk.setException(failure);
    } else if (rows.getException() != null) {
      chunk.setException(rows.getException());
    }
    return chunk;
  }
}
