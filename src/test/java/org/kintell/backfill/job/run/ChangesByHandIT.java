package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.Database;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;

/** The log names a job that somebody changed in SQL, with its status before and after. */
@IntegrationTest
class ChangesByHandIT {

  @Autowired BackfillClient client;
  @Autowired Database database;

  @Test
  void aStatusSetInSqlIsOneLine() throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(ChangesByHand.class);
    logger.addAppender(log);
    String job = client.start("x.csv", SessionFiles.good(3)).jobId();
    try (Connection psql = database.connect();
        Statement statement = psql.createStatement()) {
      statement.execute("UPDATE backfill_jobs SET status = 'failed'");
      String expected = "Job changed by hand, jobId: " + job + ", failed, was pending, by sql:";

      await()
          .untilAsserted(
              () ->
                  assertThat(log.list)
                      .extracting(ILoggingEvent::getFormattedMessage)
                      .filteredOn(line -> line.contains(job))
                      .singleElement()
                      .asString()
                      .startsWith(expected));
    } finally {
      logger.detachAppender(log);
    }
  }
}
