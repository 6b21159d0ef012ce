package org.kintell.backfill.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.kintell.backfill.job.Verification;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Counts verifications of jobs by result. */
@Component
class VerificationMetrics {

  private final Counter consistent;
  private final Counter inconsistent;

  VerificationMetrics(MeterRegistry meters) {
    consistent = counter(meters, "consistent");
    inconsistent = counter(meters, "inconsistent");
  }

  private static Counter counter(MeterRegistry meters, String result) {
    return Counter.builder("kintell.verifications")
        .description("Verifications of jobs, at their end or on request, by result")
        .tag("result", result)
        .register(meters);
  }

  @EventListener
  void verified(Verification verification) {
    (verification.consistent() ? consistent : inconsistent).increment();
  }
}
