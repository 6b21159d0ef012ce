package org.kintell.backfill.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.UUID;

/**
 * The status object. Fields that are not explained here are those of {@link Job}; what is null
 * there is absent here.
 *
 * @param queued true while the job waits for its turn, else absent
 * @param percentComplete from 0 to 100; 100 only when the job is over
 * @param errorFilePath absent while there are no rejects, and where the file there is not the
 *     service's own
 * @param onDuplicate {@code reject}, {@code skip} or {@code update}
 * @param openRejects rejects that no job made of them has imported; absent while there are none,
 *     and in lists
 * @param completedAt when it was completed or cancelled, or else when its rollback began
 * @param sessionsRemoved absent while there are none
 * @param nodes absent unless it is running
 * @param waitingFor what a job waits for that has its turn still to come, or stands still; absent
 *     where nothing is known, and in lists
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
    long skippedRows,
    long updatedRows,
    long lastProcessedRow,
    long eventsPublished,
    long eventsPending,
    String status,
    Boolean queued,
    String requested,
    BigDecimal percentComplete,
    String errorFilePath,
    String onDuplicate,
    Long maxErrors,
    BigDecimal maxErrorRate,
    Long openRejects,
    UUID parentJobId,
    String message,
    Instant createdAt,
    Instant startedAt,
    Instant completedAt,
    Long sessionsRemoved,
    Instant lastProgressAt,
    Integer nodes,
    String waitingFor,
    @JsonUnwrapped JobThroughput pace) {

  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final BigDecimal ALMOST = new BigDecimal("99.99");

  public static JobDocument of(Job job, String errorFilePath, Long openRejects, String waitingFor) {
    return new JobDocument(
        job.id(),
        job.fileName(),
        job.totalRows(),
        job.processedRows(),
        job.successfulRows(),
        job.failedRows(),
        job.skippedRows(),
        job.updatedRows(),
        job.lastProcessedRow(),
        job.eventsPublished(),
        job.eventsPending(),
        job.status().stored(),
        job.isWaiting() ? true : null,
        job.requested(),
        percentComplete(job),
        errorFilePath,
        job.options().onDuplicate().stored(),
        job.options().budget().maxErrors(),
        job.options().budget().maxErrorRate(),
        openRejects,
        job.parentJobId(),
        job.message(),
        job.times().createdAt(),
        job.times().startedAt(),
        job.times().completedAt(),
        job.sessionsRemoved() == 0 ? null : job.sessionsRemoved(),
        job.times().lastProgressAt(),
        job.status() == JobStatus.RUNNING ? job.nodes() : null,
        waitingFor,
        JobThroughput.of(job));
  }

  private static BigDecimal percentComplete(Job job) {
    if (job.totalRows() == 0) {
      return HUNDRED;
    }
    BigDecimal percent =
        BigDecimal.valueOf(job.processedRows())
            .multiply(HUNDRED)
            .divide(BigDecimal.valueOf(job.totalRows()), 2, RoundingMode.DOWN);
    boolean goesOn = !job.status().isOver() || job.status() == JobStatus.PAUSED;
    boolean tooEarly = percent.compareTo(HUNDRED) >= 0 && goesOn;
    BigDecimal shown = (tooEarly ? ALMOST : percent).stripTrailingZeros();
    return shown.scale() < 0 ? shown.setScale(0) : shown;
  }
}
