package org.kintell.backfill.load;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.kintell.backfill.row.Session;
import org.kintell.backfill.row.SessionRow;
import org.springframework.stereotype.Component;

/** Makes the session of a row that kept every rule. */
@Component
class AcceptRow implements Processor {

  @Override
  public void process(Exchange exchange) {
    Message message = exchange.getMessage();
    message.setBody(Session.of((SessionRow) message.getBody()));
  }
}
