package org.kintell.backfill.load;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.kintell.backfill.row.Session;
import org.kintell.backfill.row.SessionRow;
import org.kintell.backfill.row.SessionUpdate;
import org.springframework.stereotype.Component;

/** Makes new values for the session of a row whose session exists. */
@Component
class UpdateDuplicate implements Processor {

  @Override
  public void process(Exchange exchange) {
    Message message = exchange.getMessage();
    message.setBody(new SessionUpdate(Session.of((SessionRow) message.getBody())));
  }
}
