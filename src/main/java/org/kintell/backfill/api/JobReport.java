package org.kintell.backfill.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobDocument;
import org.kintell.backfill.trail.Trail;

/**
 * The report on a job: its status object and more.
 *
 * @param job its fields are on the same level as the others
 * @param origin {@code http} or {@code inbox}; absent if not recorded
 * @param checksum of the unpacked file, in hexadecimal
 * @param charset of the file
 * @param timezone of dates without an offset; absent if they are rejected
 * @param foreignKeys loaded chunks by the way in which their users were checked: {@code chunk},
 *     {@code row} or {@code none}; absent if not recorded
 * @param causes rejected rows by cause; a row with two faults counts under both
 * @param openCauses the same for rejects that no later job has taken or imported
 * @param retryableRejects how many these are; unlike open rejects, without those that a job has
 *     taken and not yet imported
 * @param createdBy the actor who uploaded the file; absent if not recorded
 * @param keptUntil when file and rejects are removed; absent until the job is over, and without a
 *     retention period
 * @param purgedAt when file and rejects were removed; absent before
 * @param children jobs that import rejects of this one, the oldest first
 * @param history actors and their actions, the oldest first
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobReport(
    @JsonUnwrapped JobDocument job,
    String origin,
    long sizeBytes,
    String checksum,
    String checksumAlgorithm,
    String charset,
    String timezone,
    long chunks,
    long chunksLoaded,
    Map<String, Long> foreignKeys,
    Map<String, Long> causes,
    Map<String, Long> openCauses,
    long retryableRejects,
    String createdBy,
    Instant keptUntil,
    Instant purgedAt,
    Durations durations,
    List<UUID> children,
    List<Trail.Line> history) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, Long>> COUNTS = new TypeReference<>() {};

  /**
   * Seconds that the job spent in each phase so far, without the time in which it stood still.
   *
   * @param indexSeconds storing the file and cutting it into chunks; absent if not recorded
   * @param waitSeconds waiting for its turn
   * @param loadSeconds loading chunks
   * @param finishSeconds verifying the result and writing the error file; absent unless the job is
   *     completed
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Durations(
      BigDecimal indexSeconds,
      BigDecimal waitSeconds,
      BigDecimal loadSeconds,
      BigDecimal finishSeconds) {}

  static JobReport map(ResultSet row, Job job, JobDocument document, List<Trail.Line> history)
      throws SQLException {
    BigDecimal finishing = row.getBigDecimal("seconds_finishing");
    BigDecimal run = BigDecimal.valueOf(job.times().secondsRun());
    return new JobReport(
        document,
        row.getString("origin"),
        row.getLong("size_bytes"),
        job.sha256(),
        "SHA-256",
        job.charset().name(),
        job.timezone(),
        row.getLong("chunks"),
        row.getLong("chunks_loaded"),
        counts(row.getString("foreign_keys")),
        counts(row.getString("causes")),
        counts(row.getString("open_causes")),
        row.getLong("retryable_rejects"),
        row.getString("created_by"),
        keptUntil(row),
        job.purgedAt() == null ? null : job.purgedAt().toInstant(),
        new Durations(
            rounded(row.getBigDecimal("index_seconds")),
            rounded(row.getBigDecimal("seconds_waited")),
            rounded(finishing == null ? run : run.subtract(finishing)),
            rounded(finishing)),
        Arrays.asList((UUID[]) row.getArray("children").getArray()),
        history);
  }

  private static Instant keptUntil(ResultSet row) throws SQLException {
    OffsetDateTime until = row.getObject("kept_until", OffsetDateTime.class);
    return until == null ? null : until.toInstant();
  }

  private static BigDecimal rounded(BigDecimal seconds) {
    return seconds == null ? null : seconds.setScale(3, RoundingMode.HALF_UP);
  }

  private static Map<String, Long> counts(String json) throws SQLException {
    try {
      return json == null ? null : JSON.readValue(json, COUNTS);
    } catch (JsonProcessingException e) {
      throw new SQLException("counts of a job: " + json, e);
    }
  }
}
