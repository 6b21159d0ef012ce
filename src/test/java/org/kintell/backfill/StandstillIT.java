package org.kintell.backfill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The status of a job that stands still says since when, and what for. */
@IntegrationTest
class StandstillIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Autowired private BackfillClient client;
  @Autowired private Sessions sessions;
  @Autowired private HikariDataSource pool;

  @Test
  void aLockIsNamedWithTheProcessThatHoldsIt() throws SQLException {
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
      Instant standing = Instant.parse(client.status(job).json().path("lastProgressAt").asText());
      psql.rollback();
      await()
          .atMost(PATIENCE)
          .until(() -> client.status(job).json().path("status").asText().equals("completed"));
      assertThat(client.status(job).json().has("waitingFor")).isFalse();
      assertThat(Instant.parse(client.status(job).json().path("lastProgressAt").asText()))
          .isAfter(standing);
    }
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
