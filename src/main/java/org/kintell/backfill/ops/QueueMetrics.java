package org.kintell.backfill.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.seda.QueueReference;
import org.apache.camel.component.seda.SedaComponent;
import org.springframework.stereotype.Component;

/** Number of waiting messages in the queues between the routes of this process. */
@Component
class QueueMetrics {

  private static final List<String> QUEUES =
      List.of("run-jobs", "finish-job", "take-chunk", "publish-events");

  QueueMetrics(CamelContext camel, MeterRegistry meters) {
    for (String queue : QUEUES) {
      Gauge.builder("kintell.queue.depth", camel, context -> depth(context, queue))
          .description("Messages that wait between routes of this process")
          .tag("queue", queue)
          .register(meters);
    }
  }

  private static int depth(CamelContext camel, String queue) {
    QueueReference reference =
        camel.getComponent("seda", SedaComponent.class).getQueues().get("seda://" + queue);
    return reference == null ? 0 : reference.getQueue().size();
  }
}
