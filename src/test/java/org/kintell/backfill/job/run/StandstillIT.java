package org.kintell.backfill.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.log.Outage;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;

/** The status of a job that stands still says since when, and what for. */
@IntegrationTest
class StandstillIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Autowired private BackfillClient client;
  @Autowired private Sessions sessions;
  @Autowired private HikariDataSource pool;
  @Autowired private JobRuns runs;
  @Autowired private JobRepository jobs;
  @Autowired private Standstill standstill;

  @Test
  void aLockIsNamedWithTheProcessThatHoldsIt() throws SQLException {
    StandstillLog early = new StandstillLog(runs, jobs, standstill, Duration.ofSeconds(1));
    assertALockIsNamed(early::watch);
  }

  @Test
  @Tag("faults")
  void aLockIsNamedWithoutAnybodyLooking() throws SQLException {
    assertALockIsNamed(() -> {});
  }

  /**
   * @param look runs before each look into the log
   */
  private void assertALockIsNamed(Runnable look) throws SQLException {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    ((Logger) LoggerFactory.getLogger(Outage.class)).addAppender(log);
    sessions.addUsers(SessionFiles.PARTICIPANT, SessionFiles.VOLUNTEER);
    String job = client.start("x.csv", SessionFiles.good(3)).jobId();
    assertThat(client.status(job).json().has("lastProgressAt")).isFalse();
    try (Connection psql = somebodyElse();
        Statement statement = psql.createStatement()) {
      psql.setAutoCommit(false);
      statement.execute("LOCK TABLE kintell_sessions IN SHARE MODE");
      int pid = pid(statement);
      client.resumeWithoutWaiting(job);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(client.status(job).json().path("waitingFor").asText())
                      .contains(
                          "a lock in the database that process " + pid + " holds",
                          "application psql",
                          "idle in transaction",
                          "pg_terminate_backend(" + pid + ")"));
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                look.run();
                assertThat(lines(log, job))
                    .singleElement()
                    .asString()
                    .contains("stands still", "process " + pid + " holds", "application psql");
              });
      Instant standing = Instant.parse(client.status(job).json().path("lastProgressAt").asText());
      psql.rollback();
      await()
          .atMost(PATIENCE)
          .until(() -> client.status(job).json().path("status").asText().equals("completed"));
      assertThat(client.status(job).json().has("waitingFor")).isFalse();
      assertThat(Instant.parse(client.status(job).json().path("lastProgressAt").asText()))
          .isAfter(standing);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                look.run();
                assertThat(lines(log, job))
                    .hasSize(2)
                    .last()
                    .asString()
                    .contains("no longer stands still");
              });
    } finally {
      ((Logger) LoggerFactory.getLogger(Outage.class)).detachAppender(log);
    }
  }

  private static List<String> lines(ListAppender<ILoggingEvent> log, String job) {
    return List.copyOf(log.list).stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(line -> line.contains("jobId: " + job))
        .toList();
  }

  private Connection somebodyElse() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", pool.getUsername());
    properties.setProperty("password", pool.getPassword());
    properties.setProperty("ApplicationName", "psql");
    return DriverManager.getConnection(pool.getJdbcUrl(), properties);
  }

  private static int pid(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
