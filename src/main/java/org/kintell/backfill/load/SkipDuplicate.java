package org.kintell.backfill.load;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.kintell.backfill.row.SessionRow;
import org.kintell.backfill.row.SkippedRow;
import org.springframework.stereotype.Component;

/** Passes over a row whose session exists. */
@Component
class SkipDuplicate implements Processor {

  @Override
  public void process(Exchange exchange) {
    Message message = exchange.getMessage();
    message.setBody(new SkippedRow(((SessionRow) message.getBody()).number()));
  }
}
