package org.kintell.backfill.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What there is to tell about a job beyond its status.
 *
 * @param origin {@code http} or {@code inbox}; null when nobody knows
 * @param sizeBytes of the unpacked file
 * @param causes rejected rows by what was wrong with them; a row with two faults counts under both
 * @param secondsIndexing null when nobody knows
 * @param secondsWaiting for a turn, in all
 * @param secondsLoading chunks, in all
 * @param secondsFinishing checking and writing the error file; null unless it is completed
 * @param children jobs that import rejects of this one, the oldest first
 */
public record JobDetails(
    String origin,
    long sizeBytes,
    long chunks,
    long chunksLoaded,
    SortedMap<String, Long> causes,
    Double secondsIndexing,
    double secondsWaiting,
    double secondsLoading,
    Double secondsFinishing,
    List<UUID> children) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, Long>> CAUSES = new TypeReference<>() {};

  static JobDetails map(ResultSet row, Job job) throws SQLException {
    Double finishing = seconds(row, "seconds_finishing");
    return new JobDetails(
        row.getString("origin"),
        row.getLong("size_bytes"),
        row.getLong("chunks"),
        row.getLong("chunks_loaded"),
        causes(row.getString("causes")),
        seconds(row, "index_seconds"),
        row.getDouble("seconds_waited"),
        job.times().secondsRun() - (finishing == null ? 0 : finishing),
        finishing,
        Arrays.asList((UUID[]) row.getArray("children").getArray()));
  }

  private static Double seconds(ResultSet row, String column) throws SQLException {
    double seconds = row.getDouble(column);
    return row.wasNull() ? null : seconds;
  }

  private static SortedMap<String, Long> causes(String json) throws SQLException {
    try {
      return JSON.readValue(json, CAUSES);
    } catch (JsonProcessingException e) {
      throw new SQLException("causes of a job: " + json, e);
    }
  }
}
