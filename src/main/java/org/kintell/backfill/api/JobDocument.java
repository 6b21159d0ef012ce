package org.kintell.backfill.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.math.BigDecimal;
import java.math.RoundingMode;
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
 * @param openRejects rejects that no job made of them has imported; absent while there are none
 * @param parentJobId the job whose rejects this one's rows are; absent where there is none
 * @param message what a person should know or do next; absent when there is nothing to say
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
    Long openRejects,
    UUID parentJobId,
    String message) {

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final BigDecimal ALMOST = new BigDecimal("99.99");

  static JobDocument of(Job job, String errorFilePath, long openRejects) {
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
        job.failedRows() > 0 ? openRejects : null,
        job.parentJobId(),
        job.message());
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
