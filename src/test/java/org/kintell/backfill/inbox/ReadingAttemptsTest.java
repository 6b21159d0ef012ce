package org.kintell.backfill.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kintell.backfill.csv.UnusableFileException;

class ReadingAttemptsTest {

  private static final UUID JOB = UUID.randomUUID();

  private final ReadingAttempts attempts = new ReadingAttempts();
  private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());
  private final AtomicInteger forgotten = new AtomicInteger();

  private void begin(int before) {
    attempts.begin(JOB, before, forgotten::incrementAndGet, exchange);
  }

  private void end(Throwable thrown) {
    exchange.setProperty(Exchange.EXCEPTION_CAUGHT, thrown);
    exchange.getExchangeExtension().handoverCompletions().forEach(end -> end.onComplete(exchange));
  }

  @Test
  void anAttemptThatEndsInAnyOtherWayThanWithAnErrorIsNotCounted() {
    begin(2);
    end(null);
    begin(2);
    end(new IllegalStateException(new IOException("No space left on device")));
    assertThat(forgotten).hasValue(2);
  }

  @Test
  void anAttemptThatEndsWithAnErrorStaysCounted() {
    begin(0);
    end(new StackOverflowError());
    begin(1);
    end(new IllegalStateException(new OutOfMemoryError("Java heap space")));
    assertThat(forgotten).hasValue(0);
  }

  @Test
  void anAttemptThatAShutdownEndsIsNotCounted() {
    begin(2);
    attempts.stopping();
    assertThat(forgotten).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource({"3", "4"})
  void afterThreeAttemptsThereIsNoOther(int before) {
    assertThatThrownBy(() -> begin(before))
        .isInstanceOf(UnusableFileException.class)
        .hasMessageContaining("tried " + before + " times");
  }
}
