package org.kintell.backfill.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.DatabaseUrl;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** What was committed is on the disk, so that a crash of the machine takes nothing back. */
class EmbeddedDatabaseIT {

  @TempDir Path data;

  @ParameterizedTest
  @ValueSource(strings = {"fsync", "synchronous_commit", "full_page_writes"})
  void keepsWhatWasCommitted(String setting) throws Exception {
    try (EmbeddedDatabase database = EmbeddedDatabase.start(data)) {
      DatabaseUrl url = DatabaseUrl.parse(database.url());
      try (var connection =
          DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password())) {
        JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(connection, true));
        assertThat(jdbc.sql("SHOW " + setting).query(String.class).single()).isEqualTo("on");
      }
    }
  }
}
