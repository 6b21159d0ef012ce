package org.kintell.backfill.testsupport;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Beans for integration tests besides the application's own. */
@TestConfiguration(proxyBeanMethods = false)
public class IntegrationTestConfiguration {

  /** Lazy, because the port is known only once the application listens. */
  @Bean
  @Lazy
  public BackfillClient backfillClient(@Value("${local.server.port}") int port) {
    return new BackfillClient(port);
  }

  @Bean
  public Sessions sessions(JdbcClient jdbc) {
    return new Sessions(jdbc);
  }
}
