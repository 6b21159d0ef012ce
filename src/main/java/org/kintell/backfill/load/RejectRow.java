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
 * Makes a reject of a row that arrived in the Dead Letter Channel, or was found to be a duplicate.
 * What is no fault of the row is left as it is, and then the chunk is not written.
 */
@Component
class RejectRow implements Processor {

  @Override
  public void process(Exchange exchange) {
    long row = exchange.getProperty(BindRow.ROW, long.class);
    Message message = exchange.getMessage();
    message.setBody(
        message.getBody() instanceof Fault fault
            ? new Reject(row, List.of(fault))
            : outcome(row, exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
  }

  private static Object outcome(long row, Throwable thrown) {
    if (thrown instanceof BeanValidationException invalid) {
      return new Reject(row, SessionRow.faults(invalid.getConstraintViolations()));
    }
    if (thrown instanceof RowRefusedException refused) {
      return new Reject(row, List.of(refused.fault()));
    }
    return thrown;
  }
}
