package org.kintell.backfill.load;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.kintell.backfill.row.RowOutcome;
import org.springframework.stereotype.Component;

/** Puts what became of each row into its chunk. */
@Component
class CollectOutcomes implements AggregationStrategy {

  @Override
  public Exchange aggregate(Exchange before, Exchange row) {
    Object outcome = row.getMessage().getBody();
    if (outcome instanceof RowOutcome decided) {
      row.getProperty(Chunk.PROPERTY, Chunk.class).add(decided);
      // The chunk's exchange goes on as it is: a rejected row's would tell it to stop, as handled.
      return null;
    }
    throw new IllegalStateException(
        "row " + row.getProperty(BindRow.ROW) + " was neither accepted nor rejected",
        outcome instanceof Throwable thrown ? thrown : row.getException());
  }
}
