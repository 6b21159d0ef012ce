package org.kintell.backfill;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.util.Optional;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.config.Secret;
import org.kintell.backfill.config.SettingsChecked;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.database.DatabaseSettings;
import org.kintell.backfill.database.DatabaseUrl;
import org.kintell.backfill.database.DatabaseWait;
import org.kintell.backfill.database.KeepAliveSockets;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.devservices.EmbeddedDatabase;
import org.kintell.backfill.folder.DataFolder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.type.AnnotatedTypeMetadata;
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
  private static final String LOGIN_SECONDS = "5";

  /** No expression: a value that is set must never be evaluated. */
  static final class NoneNamed implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return !context
          .getEnvironment()
          .getProperty(DatabaseSettings.URL, Secret.class, Secret.NONE)
          .isPresent();
    }
  }

  @Bean
  @Conditional(NoneNamed.class)
  @DependsOn(SettingsChecked.NAME)
  EmbeddedDatabase embeddedDatabase(DataFolder data) {
    return EmbeddedDatabase.start(data.path());
  }

  @Bean
  @DependsOn(SettingsChecked.NAME)
  HikariDataSource dataSource(
      DatabaseSettings named,
      BackfillSettings settings,
      Optional<EmbeddedDatabase> embedded,
      DatabaseWait waiting) {
    String database = embedded.map(EmbeddedDatabase::url).orElse(named.databaseUrl().value());
    DatabaseUrl parsed = DatabaseUrl.parse(database);
    HikariDataSource dataSource = new HikariDataSource();
    dataSource.setJdbcUrl(parsed.jdbcUrl());
    dataSource.setUsername(parsed.user());
    dataSource.setPassword(parsed.password());
    if (embedded.isPresent()) {
      // Another user can take its port when it has died, and must not be sent the password.
      dataSource.addDataSourceProperty("requireAuth", "scram-sha-256");
    }
    dataSource.setMaximumPoolSize(settings.databasePool());
    dataSource.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    // The pool connects in one thread, which a server that accepts and never answers would hold.
    dataSource.addDataSourceProperty("loginTimeout", LOGIN_SECONDS);
    dataSource.setPoolName("database");
    dataSource.setConnectionInitSql(SqlFile.read("root/session-settings"));
    dataSource.addDataSourceProperty("ApplicationName", "kintell-connector");
    // The details of an error repeat the row it is about, which must not get into a log.
    dataSource.addDataSourceProperty("logServerErrorDetail", "false");
    // While another server takes over, the name may still lead to one that only reads.
    dataSource.addDataSourceProperty("targetServerType", "primary");
    // A connection whose other end vanished must not be waited for without end.
    dataSource.addDataSourceProperty("socketFactory", KeepAliveSockets.class.getName());
    dataSource.setInitializationFailTimeout(-1);
    try {
      if (embedded.isEmpty()) {
        waiting.awaitReachable(dataSource);
      }
      dataSource.getConnection().close();
      return dataSource;
    } catch (SQLException e) {
      dataSource.close();
      Throwable reason = e.getCause() == null ? e : e.getCause();
      throw new WrongSettingException(
          "DATABASE_URL",
          DatabaseUrl.withoutPassword(database),
          "a PostgreSQL database that takes this user and password ("
              + reason.getMessage().lines().findFirst().orElse("")
              + ")");
    } catch (RuntimeException e) {
      dataSource.close();
      throw e;
    }
  }
}
