package org.kintell.backfill;

import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the routes name that is Camel's own. */
@Configuration(proxyBeanMethods = false)
class CamelConfiguration {

  /**
   * No events of exchanges. Nobody here listens to them, but Camel's own listener for the start of
   * the application does not say so, and each step of each row would make an event for it.
   */
  @Bean
  CamelContextConfiguration withoutExchangeEvents() {
    return new CamelContextConfiguration() {
      @Override
      public void beforeApplicationStart(CamelContext camel) {
        // The listener is not there yet.
      }

      @Override
      public void afterApplicationStart(CamelContext camel) {
        camel
            .getManagementStrategy()
            .getEventNotifiers()
            .forEach(notifier -> notifier.setIgnoreExchangeEvents(true));
      }
    };
  }
}
