package org.kintell.backfill.load;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.SessionRow;
import org.springframework.stereotype.Component;

/** Sends a row whose session exists to the Dead Letter Channel. */
@Component
class RefuseDuplicate implements Processor {

  @Override
  public void process(Exchange exchange) {
    SessionRow row = (SessionRow) exchange.getMessage().getBody();
    throw new RowRefusedException(Fault.of(Rule.NOT_DUPLICATE, row.sessionId()));
  }
}
