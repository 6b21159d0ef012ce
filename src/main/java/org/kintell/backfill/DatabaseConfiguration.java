package org.kintell.backfill;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.kintell.backfill.embedded.EmbeddedDatabase;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.RollbackOn;

/**
 * The database that was named, or the embedded one. What a transaction did is rolled back whatever
 * it threw, checked exceptions included: a job whose plan could not be read must not be committed
 * without it.
 */
@Configuration(proxyBeanMethods = false)
@EnableTransactionManagement(proxyTargetClass = true, rollbackOn = RollbackOn.ALL_EXCEPTIONS)
class DatabaseConfiguration {

  private static final int CONNECTION_TIMEOUT_MILLIS = 5_000;

  /**
   * Plans are kept, and those made while a table was empty read all of it, which is ruinous when it
   * has grown by a million rows since; every statement of this service, and every check of a
   * foreign key, has an index to go by. None is worth compiling for, whatever its cost is taken to
   * be.
   */
  private static final String SESSION_SETTINGS = "SET enable_seqscan = off; SET jit = off";

  @Bean
  @ConditionalOnExpression("'${backfill.database-url:}'.isEmpty()")
  @DependsOn(SettingsChecked.NAME)
  EmbeddedDatabase embeddedDatabase(DataFolder data) {
    return EmbeddedDatabase.start(data.path());
  }

  @Bean
  @DependsOn(SettingsChecked.NAME)
  HikariDataSource dataSource(
      @Value("${backfill.database-url}") String url,
      BackfillSettings settings,
      Optional<EmbeddedDatabase> embedded) {
    String database = embedded.map(EmbeddedDatabase::url).orElse(url);
    DatabaseUrl parsed = DatabaseUrl.parse(database);
    HikariDataSource dataSource = new HikariDataSource();
    dataSource.setJdbcUrl(parsed.jdbcUrl());
    dataSource.setUsername(parsed.user());
    dataSource.setPassword(parsed.password());
    dataSource.setMaximumPoolSize(settings.databasePool());
    dataSource.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    dataSource.setPoolName("database");
    dataSource.setConnectionInitSql(SESSION_SETTINGS);
    dataSource.addDataSourceProperty("ApplicationName", "kintell-connector");
    // The details of an error repeat the row it is about, which must not get into a log.
    dataSource.addDataSourceProperty("logServerErrorDetail", "false");
    // While another server takes over, the name may still lead to one that only reads.
    dataSource.addDataSourceProperty("targetServerType", "primary");
    // A connection whose other end vanished must not be waited for without end.
    dataSource.addDataSourceProperty("tcpKeepAlive", "true");
    try (Connection connection = dataSource.getConnection()) {
      connection.isValid(CONNECTION_TIMEOUT_MILLIS / 1000);
      return dataSource;
    } catch (SQLException e) {
      dataSource.close();
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new WrongSettingException(
          "DATABASE_URL",
          DatabaseUrl.withoutPassword(database),
          "a PostgreSQL database that can be reached with this user and password, and takes writes ("
              + reason.getMessage().lines().findFirst().orElse("")
              + ")");
    }
  }
}
