package org.kintell.backfill.load;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.bean.validator.BeanValidationException;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.RowOutcome;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.row.Session;
import org.kintell.backfill.row.SessionRow;
import org.kintell.backfill.row.SessionUpdate;
import org.kintell.backfill.row.SkippedRow;
import org.kintell.backfill.row.WhiteSpace;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the route {@code load-rows} does to a row, step by step, in its order. */
@Configuration(proxyBeanMethods = false)
class RowSteps {

  /** The exchange property with the row's number, for the Dead Letter Channel. */
  static final String ROW = "row";

  /** The exchange property that the Idempotent Receiver goes by. */
  private static final String SESSION_ID = "sessionId";

  /** Binds the cells of an {@link UnboundRow} to the columns; refuses a row that has no cells. */
  @Bean
  Processor bindRow() {
    return exchange -> {
      UnboundRow unbound = (UnboundRow) exchange.getMessage().getBody();
      exchange.setProperty(ROW, unbound.number());
      SessionRow row = bind(unbound, exchange.getProperty(Chunk.PROPERTY, Chunk.class));
      exchange.setProperty(SESSION_ID, row.value(Column.SESSION_ID));
      exchange.getMessage().setBody(row);
    };
  }

  private static SessionRow bind(UnboundRow row, Chunk chunk) {
    Fault fault = row.fault() == null ? chunk.shape().fault(row.cells()) : row.fault();
    if (fault != null) {
      throw new RefusedException(fault);
    }
    List<String> values = new ArrayList<>(Column.ALL.size());
    for (Column column : Column.ALL) {
      values.add(WhiteSpace.strip(row.cells().get(chunk.position(column))));
    }
    return new SessionRow(row.number(), values, row.participant(), row.volunteer(), chunk.zone());
  }

  /** Makes the session of a row that keeps every rule. */
  @Bean
  Processor acceptRow() {
    return replacing(Session::of);
  }

  /** Leaves the session that exists as it is. */
  @Bean
  Processor skipDuplicate() {
    return replacing(row -> new SkippedRow(row.number()));
  }

  /** Makes new values for the session that exists. */
  @Bean
  Processor updateDuplicate() {
    return replacing(row -> new SessionUpdate(Session.of(row)));
  }

  /**
   * Rejects a row whose session exists. Without an exception: of a file that is imported once more,
   * every row comes here.
   */
  @Bean
  Processor refuseDuplicate() {
    return replacing(
        row -> {
          Fault duplicate = Fault.of(Rule.NOT_DUPLICATE, row.value(Column.SESSION_ID));
          return new Reject(row.number(), List.of(duplicate));
        });
  }

  private static Processor replacing(Function<SessionRow, RowOutcome> step) {
    return exchange -> {
      SessionRow row = (SessionRow) exchange.getMessage().getBody();
      exchange.getMessage().setBody(step.apply(row));
    };
  }

  /**
   * Makes a reject of a row in the Dead Letter Channel. A failure that is no fault of the row stays
   * as it is, and the chunk is not written.
   */
  @Bean
  Processor rejectRow() {
    return exchange -> {
      Throwable thrown = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
      List<Fault> faults = faults(thrown);
      exchange
          .getMessage()
          .setBody(
              faults.isEmpty()
                  ? thrown
                  : new Reject(exchange.getProperty(ROW, long.class), faults));
    };
  }

  private static List<Fault> faults(Throwable thrown) {
    if (thrown instanceof BeanValidationException invalid) {
      return SessionRow.faults(invalid.getConstraintViolations());
    }
    return thrown instanceof RefusedException refused ? List.of(refused.fault) : List.of();
  }

  /** Adds the outcome of each row to the chunk. */
  @Bean
  AggregationStrategy collectOutcomes() {
    return (before, row) -> {
      Object outcome = row.getMessage().getBody();
      if (outcome instanceof RowOutcome decided) {
        row.getProperty(Chunk.PROPERTY, Chunk.class).add(decided);
        // The chunk's exchange goes on as it is: a rejected row's is marked as handled, and stops.
        return null;
      }
      throw new IllegalStateException(
          "row " + row.getProperty(ROW) + " was neither accepted nor rejected",
          outcome instanceof Throwable thrown ? thrown : row.getException());
    };
  }

  /**
   * Fails the chunk with a failure that is no fault of a row, which {@code load-rows} has handled
   * as a dead letter: the chunk's caller decides whether to try again.
   */
  @Bean
  AggregationStrategy chunkOrFailure() {
    return (chunk, rows) -> {
      if (rows.getMessage().getBody() instanceof Throwable failure) {
        chunk.setException(failure);
      } else if (rows.getException() != null) {
        chunk.setException(rows.getException());
      }
      return chunk;
    };
  }

  /** A row that is refused before its values are checked. */
  static final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Fault fault;

    /** Without a stack trace: there may be a million of them. */
    RefusedException(Fault fault) {
      super(fault.rule().cause(), null, false, false);
      this.fault = fault;
    }
  }
}
