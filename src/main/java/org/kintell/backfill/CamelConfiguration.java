package org.kintell.backfill;

import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Settings of Camel that have no property. */
@Configuration(proxyBeanMethods = false)
class CamelConfiguration {

  /**
   * No events of exchanges. Only Camel's own listener for the start of the application exists; it
   * does not exclude them, so each step of each row would create an event for it.
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
