package org.kintell.backfill.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.UUID;
import org.kintell.backfill.job.Job;

/**
 * The status object.
 *
 * @param queued true while the job waits for its turn, else absent
 * @param percentComplete from 0 to 100; 100 only when the job is over
 * @param eventsPublished imported sessions whose events the broker has acknowledged
 * @param eventsPending imported sessions whose events wait for the broker
 * @param errorFilePath absent while there are no rejects
 * @param message what a person should know or do next; absent when there is nothing to say
 * @param startedAt when it first ran; absent before
 * @param completedAt absent unless it is completed
 * @param pace how fast it goes, in fields of its own
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobDocument(
    UUID jobId,
    String fileName,
    long totalRows,
    long processedRows,
    long successfulRows,
    long failedRows,
    long lastProcessedRow,
    long eventsPublished,
    long eventsPending,
    String status,
    Boolean queued,
    BigDecimal percentComplete,
    String errorFilePath,
    String message,
    Instant createdAt,
    Instant startedAt,
    Instant completedAt,
    @JsonUnwrapped Pace pace) {

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final BigDecimal ALMOST = new BigDecimal("99.99");

  static JobDocument of(Job job, String errorFilePath) {
    return new JobDocument(
        job.id(),
        job.fileName(),
        job.totalRows(),
        job.processedRows(),
        job.successfulRows(),
        job.failedRows(),
        job.lastProcessedRow(),
        job.eventsPublished(),
        job.eventsPending(),
        job.status().stored(),
        job.isWaiting() ? true : null,
        percentComplete(job),
        job.failedRows() > 0 ? errorFilePath : null,
        job.message(),
        job.times().createdAt(),
        job.times().startedAt(),
        job.times().completedAt(),
        Pace.of(job));
  }

  private static BigDecimal percentComplete(Job job) {
    if (job.totalRows() == 0) {
      return HUNDRED;
    }
    BigDecimal percent =
        BigDecimal.valueOf(job.processedRows())
            .multiply(HUNDRED)
            .divide(BigDecimal.valueOf(job.totalRows()), 2, RoundingMode.DOWN);
    boolean tooEarly = percent.compareTo(HUNDRED) >= 0 && !job.status().isOver();
    BigDecimal shown = (tooEarly ? ALMOST : percent).stripTrailingZeros();
    return shown.scale() < 0 ? shown.setScale(0) : shown;
  }
}
