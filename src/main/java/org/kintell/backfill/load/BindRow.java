package org.kintell.backfill.load;

import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.kintell.backfill.csv.RowShape;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.SessionRow;
import org.springframework.stereotype.Component;

/** Binds the cells of a row to its columns. */
@Component
class BindRow implements Processor {

  /** The exchange property that the Idempotent Receiver goes by. */
  static final String SESSION_ID = "sessionId";

  /** The exchange property that keeps the row's number for the Dead Letter Channel. */
  static final String ROW = "row";

  @Override
  public void process(Exchange exchange) {
    Message message = exchange.getMessage();
    UnboundRow unbound = (UnboundRow) message.getBody();
    Chunk chunk = exchange.getProperty(Chunk.PROPERTY, Chunk.class);
    exchange.setProperty(ROW, unbound.number());
    refuseUnreadable(unbound, chunk.shape());
    SessionRow row = bind(unbound, chunk);
    message.setBody(row);
    exchange.setProperty(SESSION_ID, row.sessionId());
  }

  private static void refuseUnreadable(UnboundRow row, RowShape shape) {
    Fault fault = row.fault() == null ? shape.fault(row.cells()) : Fault.of(row.fault(), "");
    if (fault != null) {
      throw new RowRefusedException(fault);
    }
  }

  private static SessionRow bind(UnboundRow row, Chunk chunk) {
    return new SessionRow(
        row.number(),
        cell(row, chunk, Column.SESSION_ID),
        cell(row, chunk, Column.SESSION_TYPE),
        row.participant(),
        row.volunteer(),
        cell(row, chunk, Column.DATE),
        cell(row, chunk, Column.DURATION_MIN),
        cell(row, chunk, Column.RATING),
        cell(row, chunk, Column.FEEDBACK_TEXT),
        cell(row, chunk, Column.LANGUAGE_LEVEL));
  }

  private static String cell(UnboundRow row, Chunk chunk, Column column) {
    return row.cells().get(chunk.position(column)).strip();
  }
}
