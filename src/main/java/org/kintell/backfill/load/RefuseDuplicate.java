package org.kintell.backfill.load;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.SessionRow;
import org.springframework.stereotype.Component;

/**
 * Makes a reject of a row whose session exists. That is what the Idempotent Receiver has found out
 * and no failure to be caught; a file that is imported once more is all of such rows.
 */
@Component
class RefuseDuplicate implements Processor {

  @Override
  public void process(Exchange exchange) {
    Message message = exchange.getMessage();
    SessionRow row = (SessionRow) message.getBody();
    message.setBody(
        new Reject(row.number(), List.of(Fault.of(Rule.NOT_DUPLICATE, row.sessionId()))));
  }
}
