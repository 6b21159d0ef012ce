package org.kintell.backfill.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.UUID;

/**
 * The status object.
 *
 * @param queued true while the job waits for its turn, else absent
 * @param requested {@code pause} or {@code cancel} while that is asked for and not yet reached
 * @param percentComplete from 0 to 100; 100 only when the job is over
 * @param skippedRows rows whose session existed, and which left it as it was
 * @param updatedRows rows whose session existed, and which gave it new values
 * @param eventsPublished imported or updated sessions whose events the broker has acknowledged
 * @param eventsPending imported or updated sessions whose events wait for the broker
 * @param errorFilePath absent while there are no rejects, and where the file there is not the
 *     service's own
 * @param onDuplicate what becomes of rows whose session exists: {@code reject}, {@code skip},
 *     {@code update}
 * @param maxErrors rejected rows beyond which it pauses by itself; absent without limit
 * @param maxErrorRate the same as part of the rows, from 0 to 1
 * @param openRejects rejects that no job made of them has imported; absent while there are none; in
 *     lists 0 if all were imported, and absent otherwise
 * @param parentJobId the job whose rejects this one's rows are; absent where there is none
 * @param message what a person should know or do next; absent when there is nothing to say
 * @param startedAt when it first ran; absent before
 * @param completedAt when it was completed or cancelled, or else when its rollback began; absent
 *     before
 * @param sessionsRemoved sessions that a rollback has removed; absent while there are none
 * @param lastProgressAt when a chunk was loaded last, or else when it first ran; absent before
 * @param nodes how many processes are loading it; absent unless it is running
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
