package org.kintell.backfill.load;

import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.bean.validator.BeanValidationException;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.SessionRow;
import org.springframework.stereotype.Component;

/**
 * Makes a reject of a row that arrived in the Dead Letter Channel. What is no fault of the row is
 * left as it is, and then the chunk is not written.
 */
@Component
class RejectRow implements Processor {

  @Override
  public void process(Exchange exchange) {
    Message message = exchange.getMessage();
    Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    List<Fault> faults = faults(thrown);
    message.setBody(
        faults.isEmpty()
            ? thrown
            : new Reject(exchange.getProperty(BindRow.ROW, long.class), faults));
  }

  /** None where the row is not to blame. */
  private static List<Fault> faults(Throwable thrown) {
    if (thrown instanceof BeanValidationException invalid) {
      return SessionRow.faults(invalid.getConstraintViolations());
    }
    if (thrown instanceof RowRefusedException refused) {
      return List.of(refused.fault());
    }
    return List.of();
  }
}
