package org.kintell.backfill.inbox;

import com.google.common.base.Throwables;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Ends the attempts to read a file that ends the process, for example for lack of memory: the next
 * process would take it over and end too. The count of attempts is kept with the claim, and is
 * written before the file is read. An attempt that ends in any other way than with the process or
 * an {@link Error} is not counted, nor is one that a shutdown ends.
 */
@Component
class ReadingAttempts {

  /** Attempts before the file is refused. */
  static final int MOST = 3;

  private static final Logger LOG = LoggerFactory.getLogger(ReadingAttempts.class);

  /** What takes back the count, by job, while its file is read. */
  private final Map<UUID, Runnable> reading = new ConcurrentHashMap<>();

  /**
   * Begins an attempt.
   *
   * @param before attempts that ended with the process or an error
   * @param forget takes the count back
   * @throws UnusableFileException if there were too many
   */
  void begin(UUID jobId, int before, Runnable forget, Exchange exchange) {
    if (before >= MOST) {
      throw new UnusableFileException(
          Reason.ENDS_PROCESS,
          "The service tried %d times to read this file. Each time the process ended while reading it, or ran out of memory or stack. Nothing was imported. Check that the file is what it should be, and split it or give the service more memory (-Xmx). Then drop it again."
              .formatted(before));
    }
    reading.put(jobId, forget);
    Inbox.atEnd(exchange, () -> end(jobId, exchange));
  }

  private void end(UUID jobId, Exchange exchange) {
    Runnable forget = reading.remove(jobId);
    if (forget != null
        && !isError(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class))) {
      run(forget);
    }
  }

  /** Whether the Java machine itself failed: with the same file it would probably fail again. */
  static boolean isError(Throwable thrown) {
    return thrown != null
        && Throwables.getCausalChain(thrown).stream().anyMatch(Error.class::isInstance);
  }

  /** A shutdown may end the process before the file is read. */
  @EventListener(ContextClosedEvent.class)
  void stopping() {
    reading.values().forEach(ReadingAttempts::run);
  }

  private static void run(Runnable forget) {
    try {
      forget.run();
    } catch (RuntimeException e) {
      LOG.debug("An attempt stays counted: {}", e.toString());
    }
  }
}
