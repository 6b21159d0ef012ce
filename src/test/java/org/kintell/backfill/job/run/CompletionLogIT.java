package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The last line of a job says how long it took: from its first start, whoever ran it. */
@IntegrationTest
class CompletionLogIT {

  @Autowired private BackfillClient client;
  @Autowired private Sessions sessions;
  @Autowired private JdbcClient jdbc;

  private final Logger logger = (Logger) LoggerFactory.getLogger(FinishJob.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(log);
  }

  @Test
  void aJobThatRanAtOnceTookAsLongAsItRan() {
    String job = client.start("x.csv", SessionFiles.good(3)).jobId();
    assertThat(completed(job)).containsPattern("in \\d+\\.\\d{3} s, \\d+\\.\\d rows/s$");
  }

  @Test
  void aJobThatAnotherProcessBeganTookLonger() {
    String job = client.start("x.csv", SessionFiles.good(3)).jobId();
    // As if it had begun an hour ago, in a process that was lost.
    jdbc.sql("UPDATE backfill_jobs SET started_at = now() - interval '1 hour'").update();
    assertThat(completed(job))
        .containsPattern(
            "in 36\\d\\d\\.\\d{3} s since its first start, of which it ran \\d\\.\\d{3} s, ");
  }

  private String completed(String job) {
    client.resume(job);
    await().until(() -> !lines(job).isEmpty());
    return lines(job).get(0);
  }

  private List<String> lines(String job) {
    return List.copyOf(log.list).stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.startsWith("Job completed, jobId: " + job))
        .toList();
  }
}
