package org.kintell.backfill.inbox;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Counts files and objects of the inbox by what became of them. */
@Component
class InboxMetrics {

  /** What became of a file. */
  enum Outcome {
    /** Its job is complete; it is in {@code done/}. */
    DONE,
    /** Its job failed or was cancelled; it is in {@code failed/}. */
    FAILED,
    /** It cannot become a job; it is in {@code failed/}. */
    INVALID,
    /** It is left in the inbox. */
    IGNORED
  }

  private final Map<Outcome, Counter> files = new EnumMap<>(Outcome.class);

  InboxMetrics(MeterRegistry meters) {
    for (Outcome outcome : Outcome.values()) {
      files.put(
          outcome,
          Counter.builder("kintell.inbox.files")
              .description("Files of the inbox by what became of them")
              .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
              .register(meters));
    }
  }

  void count(Outcome outcome) {
    files.get(outcome).increment();
  }
}
