package org.kintell.backfill;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.CamelContext;
import org.apache.camel.processor.aggregate.UseLatestAggregationStrategy;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Camel's own beans that routes name. */
@Configuration(proxyBeanMethods = false)
class CamelConfiguration {

  /** One of a job's chunks is enough to report the job's progress. */
  @Bean
  AggregationStrategy latestChunk() {
    return new UseLatestAggregationStrategy();
  }

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
