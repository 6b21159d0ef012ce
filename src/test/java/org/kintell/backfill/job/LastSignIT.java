package org.kintell.backfill.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A process that others treated as lost says so once, and works on. */
@IntegrationTest
class LastSignIT {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Autowired private BackfillClient client;
  @Autowired private Sessions sessions;
  @Autowired private JdbcClient jdbc;
  @Autowired private Ownership ownership;

  @Test
  void itSaysThatItWasTreatedAsLostAndWhatFollows() {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger("org.kintell.backfill.job");
    logger.addAppender(log);
    try {
      await().atMost(PATIENCE).until(this::hasLine);
      // As another process does that treats this one as lost.
      jdbc.sql("DELETE FROM backfill_nodes WHERE number = ?").param(ownership.number()).update();

      await().atMost(PATIENCE).until(this::hasLine);
      sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
      assertThat(client.importFile("x.csv", SessionFiles.good(3)).path("status").asText())
          .isEqualTo("completed");
    } finally {
      logger.detachAppender(log);
    }
    assertThat(List.copyOf(log.list))
        .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .containsPattern("no sign of life from \\S+Z on, for \\d+ s")
        .contains("treated as lost", "load its chunks", "no row is lost or imported twice");
  }

  private boolean hasLine() {
    return jdbc.sql("SELECT EXISTS (SELECT FROM backfill_nodes WHERE number = ?)")
        .param(ownership.number())
        .query(Boolean.class)
        .single();
  }
}
