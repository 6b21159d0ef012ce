package org.kintell.backfill;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import org.kintell.backfill.config.SettingsChecked;
import org.kintell.backfill.config.WrongSettingException;
import org.kintell.backfill.database.DatabaseSettings;
import org.kintell.backfill.database.DatabaseUrl;
import org.kintell.backfill.database.DatabaseWait;
import org.kintell.backfill.database.NoneNamed;
import org.kintell.backfill.database.PoolerCheck;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.database.UnusableDatabaseException;
import org.kintell.backfill.devservices.EmbeddedDatabase;
import org.kintell.backfill.folder.DataFolder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.core.env.Environment;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.RollbackOn;

/**
 * The database in the settings, or the embedded one. Every exception rolls a transaction back, also
 * a checked one: a job must not be committed without its plan.
 */
@Configuration(proxyBeanMethods = false)
@EnableTransactionManagement(proxyTargetClass = true, rollbackOn = RollbackOn.ALL_EXCEPTIONS)
class DatabaseConfiguration {

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
      Environment environment,
      Optional<EmbeddedDatabase> embedded,
      DatabaseWait waiting) {
    String database = embedded.map(EmbeddedDatabase::url).orElse(named.databaseUrl().value());
    DatabaseUrl parsed = DatabaseUrl.parse(database);
    HikariDataSource dataSource =
        Binder.get(environment).bind("spring.datasource.hikari", HikariDataSource.class).get();
    dataSource.setConnectionInitSql(SqlFile.read("root/session-settings"));
    dataSource.setJdbcUrl(parsed.jdbcUrl());
    dataSource.setUsername(parsed.user());
    dataSource.setPassword(parsed.password());
    if (embedded.isPresent()) {
      // After its death another user can take its port, who must not receive the password.
      dataSource.addDataSourceProperty("requireAuth", "scram-sha-256");
    }
    try {
      if (embedded.isEmpty()) {
        waiting.awaitReachable(dataSource);
      }
      if (PoolerCheck.sharesSessions(dataSource)) {
        throw new WrongSettingException(
            "DATABASE_URL",
            DatabaseUrl.withoutPassword(database),
            "the address of the database itself, or of a pooler in session mode;"
                + " this one gives each transaction another session");
      }
      return dataSource;
    } catch (SQLTransientConnectionException e) {
      dataSource.close();
      throw UnusableDatabaseException.ofTimeout(
          database, Duration.ofMillis(dataSource.getConnectionTimeout()), e);
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
