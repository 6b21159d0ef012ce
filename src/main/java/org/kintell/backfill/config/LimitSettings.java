package org.kintell.backfill.config;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of simultaneous work; the service refuses requests beyond them.
 *
 * @param maxUploads uploads received or indexed at the same time
 * @param maxWaitingJobs jobs that wait for their turn
 * @param maxHeader all headers of a request together
 * @param maxConnections connections that are open at the same time
 * @param maxDownloads error files sent at the same time, and as many lists of jobs
 * @param maxWatchers streams of progress that are open at the same time
 * @param maxWaitingRequests requests that wait for the end of a job at the same time
 * @param idleTimeout how long a connection may be silent in the middle of a request
 * @param minRate minimum bytes a second that a client sends or takes, on average, while the service
 *     waits for it
 * @param requestTimeout database time of a GET
 * @param verifyTimeout database time of a request that counts all rows of a job
 */
@Validated
@ConfigurationProperties("backfill.limits")
public record LimitSettings(
    @Between(from = "1", to = "128") int maxUploads,
    @Between(from = "1", to = "1000000") int maxWaitingJobs,
    @Between(from = "1KB", to = "1MB") DataSize maxHeader,
    @Between(from = "1", to = "1000000") int maxConnections,
    @Between(from = "1s", to = "1h") Duration idleTimeout,
    @Between(from = "1", to = "128") int maxDownloads,
    @Between(from = "1", to = "100000") int maxWatchers,
    @Between(from = "1", to = "100000") int maxWaitingRequests,
    @Between(from = "1B", to = "1MB") DataSize minRate,
    @Between(from = "1s", to = "1h") Duration requestTimeout,
    @Between(from = "1s", to = "24h") Duration verifyTimeout) {

  /**
   * A request that waits or watches takes up to 80 KB. With a sixth of the heap for each kind there
   * is room for imports.
   */
  public static final long HEAP_PER_WAITING = 512 * 1024;

  /** A connection takes up to 18 KB. */
  public static final long HEAP_PER_CONNECTION = 128 * 1024;
}
