package org.kintell.backfill.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How fast a job runs.
 *
 * @param rate rows per second while it ran; absent before its first rows are processed
 * @param elapsedSeconds how long it ran in all, without the time it waited or stood still; absent
 *     before it first ran
 * @param estimatedEnd when it ends at this rate; absent unless it runs
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobThroughput(BigDecimal rate, BigDecimal elapsedSeconds, Instant estimatedEnd) {

  /** The fields that change although the job makes no progress. */
  public static final List<String> FIELDS = List.of("rate", "elapsedSeconds", "estimatedEnd");

  public static JobThroughput of(Job job) {
    double seconds = job.times().secondsRun();
    if (job.times().startedAt() == null) {
      return new JobThroughput(null, null, null);
    }
    if (job.processedRows() == 0 || seconds <= 0) {
      return new JobThroughput(null, rounded(seconds, 3), null);
    }
    double rate = job.processedRows() / seconds;
    long left = job.totalRows() - job.processedRows();
    Instant end = job.times().asOf().plus(Duration.ofMillis(Math.round(1000 * left / rate)));
    return new JobThroughput(
        rounded(rate, 1), rounded(seconds, 3), job.status() == JobStatus.RUNNING ? end : null);
  }

  private static BigDecimal rounded(double value, int digits) {
    return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP);
  }
}
