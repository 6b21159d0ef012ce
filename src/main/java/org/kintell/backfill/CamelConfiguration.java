package org.kintell.backfill;

import org.apache.camel.AggregationStrategy;
import org.apache.camel.processor.aggregate.UseLatestAggregationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the routes name that is Camel's own. */
@Configuration(proxyBeanMethods = false)
class CamelConfiguration {

  /** Of many chunks of a job, one is enough to know which job's progress to report. */
  @Bean
  AggregationStrategy latestChunk() {
    return new UseLatestAggregationStrategy();
  }
}
