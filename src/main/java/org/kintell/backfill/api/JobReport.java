package org.kintell.backfill.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDetails;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.trail.Trail;

/**
 * The whole story of a job: its status object and more.
 *
 * @param job in fields of its own
 * @param origin which way the file came in: {@code http} or {@code inbox}; absent when nobody knows
 * @param checksum of the unpacked file, in hexadecimal
 * @param charset that the file was read as
 * @param causes rejected rows by cause; a row with two faults counts under both
 * @param children jobs that import rejects of this one
 * @param history who did what to it, the oldest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobReport(
    @JsonUnwrapped JobDocument job,
    String origin,
    long sizeBytes,
    String checksum,
    String checksumAlgorithm,
    String charset,
    long chunks,
    long chunksLoaded,
    Map<String, Long> causes,
    Durations durations,
    List<UUID> children,
    List<Trail.Line> history) {

  /**
   * How long a job was in each of its phases, so far. The time in which it stood still is in none
   * of them.
   *
   * @param indexSeconds storing the file and cutting it into chunks
   * @param waitSeconds for its turn
   * @param loadSeconds its chunks
   * @param finishSeconds checking what was loaded, and writing the error file
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Durations(
      BigDecimal indexSeconds,
      BigDecimal waitSeconds,
      BigDecimal loadSeconds,
      BigDecimal finishSeconds) {}

  static JobReport of(Job job, JobDocument document, JobDetails story, List<Trail.Line> history) {
    return new JobReport(
        document,
        story.origin(),
        story.sizeBytes(),
        job.sha256(),
        "SHA-256",
        job.charset().name(),
        story.chunks(),
        story.chunksLoaded(),
        story.causes(),
        new Durations(
            seconds(story.secondsIndexing()),
            seconds(story.secondsWaiting()),
            seconds(story.secondsLoading()),
            seconds(story.secondsFinishing())),
        story.children(),
        history);
  }

  private static BigDecimal seconds(Double value) {
    return value == null ? null : BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP);
  }
}
