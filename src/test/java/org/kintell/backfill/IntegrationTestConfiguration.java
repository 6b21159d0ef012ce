package org.kintell.backfill;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What integration tests can have autowired besides the application's own beans. */
@TestConfiguration(proxyBeanMethods = false)
class IntegrationTestConfiguration {

  /** Lazy, because the port is known only once the application listens. */
  @Bean
  @Lazy
  BackfillClient backfillClient(@Value("${local.server.port}") int port) {
    return new BackfillClient(port);
  }

  @Bean
  Sessions sessions(JdbcClient jdbc) {
    return new Sessions(jdbc);
  }
}
