package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;

/** A lack of memory is one line that says what to do. */
@IntegrationTest
class HeapShortageIT {

  private static final OutOfMemoryError LACK = new OutOfMemoryError("Java heap space");

  @Autowired private BackfillClient client;
  @Autowired private FailureClassifier failures;
  @Autowired private CamelContext camel;

  @Test
  void aJobThatItFailsSaysWhatToDoWithoutAStackTrace() {
    String job = client.start("x.csv", SessionFiles.good(3)).jobId();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(FailureClassifier.class);
    logger.addAppender(log);
    try {
      // Two of its chunks fail.
      failures.failJob(UUID.fromString(job), ofARoute());
      failures.failJob(UUID.fromString(job), ofARoute());
    } finally {
      logger.detachAppender(log);
    }
    assertThat(List.copyOf(log.list))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.getLevel()).isEqualTo(Level.ERROR);
              assertThat(line.getThrowableProxy()).isNull();
              assertThat(line.getFormattedMessage())
                  .contains(job, "Out of memory: Java heap space", "-Xmx", "then call resume");
            });
    assertThat(client.status(job).json().path("message").asText()).contains("-Xmx");
  }

  private CamelExecutionException ofARoute() {
    return new CamelExecutionException("in a route", new DefaultExchange(camel), LACK);
  }
}
