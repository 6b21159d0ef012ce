package org.kintell.backfill.reject;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.reject.ValueCounts.Counted;
import org.kintell.backfill.reject.ValueCounts.Counts;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Counts the values that caused the rejects of a job. */
@Repository
public class RejectValues {

  private static final String COLUMNS = SqlFile.read("reject/count-columns");
  private static final String FIND = SqlFile.read("reject/find-rejects");

  private final JdbcClient jdbc;
  private final JobRepository jobs;
  private final ValueCounts counts;

  RejectValues(JdbcClient jdbc, JobRepository jobs, ValueCounts counts) {
    this.jdbc = jdbc;
    this.jobs = jobs;
    this.counts = counts;
  }

  /**
   * The values behind a cause, the most frequent first.
   *
   * @param rows rejects with the cause; one with two such values counts twice
   * @param total number of different values
   * @param exact false for very many rejects with mostly different values: the numbers are then the
   *     least, and values of few rows may be missing
   */
  public record Values(String cause, long rows, long total, boolean exact, List<Value> values) {}

  /**
   * A value and the number of its rows.
   *
   * @param column absent, like the value, for a fault of the row as a whole
   * @param first the first row that has it
   * @param message its fault
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Value(String column, String value, long rows, long first, String message) {}

  /**
   * Counts values.
   *
   * @param limit the most values in the answer
   */
  @Transactional(readOnly = true)
  public Values count(Job job, RejectQuery query, int limit) {
    Rule rule = query.cause();
    Header header = jobs.header(job.id()).orElseThrow();
    if (rule == Rule.EMAIL) {
      return inCells(job, query, limit, header);
    }
    boolean names = rule == Rule.PRESENT;
    Counts found = names ? columns(job, query, limit) : counts.inMessages(job, query, limit);
    List<Value> values =
        rule.columns().isEmpty() || names
            ? found.values().stream().map(one -> inMessage(rule, names, one)).toList()
            : exact(job, rule, rule.columns().get(0), found.values(), header);
    return new Values(rule.cause(), found.rows(), found.total(), found.exact(), values);
  }

  private Counts columns(Job job, RejectQuery query, int limit) {
    Rule rule = query.cause();
    return ValueCounts.counts(
        jdbc.sql(COLUMNS)
            .param("columns", rule.columns().stream().map(Column::header).toArray(String[]::new))
            .param("jobId", job.id())
            .param("cause", rule.cause())
            .param("open", query.open())
            .param("begin", rule.beginning())
            .param("limit", limit));
  }

  /** What a message says after its beginning: the name of an empty column, or no value at all. */
  private static Value inMessage(Rule rule, boolean names, Counted one) {
    return new Value(
        names ? one.value() : null,
        names ? "" : null,
        one.rows(),
        one.first(),
        rule.beginning() + one.value());
  }

  /** The address columns one after the other. */
  private Values inCells(Job job, RejectQuery query, int limit, Header header) {
    Rule rule = query.cause();
    List<Value> values = new ArrayList<>();
    long rows = 0;
    long total = 0;
    boolean exact = true;
    for (Column column : rule.columns()) {
      Counts found =
          counts.inCells(job, query, column, header.delimiter(), header.position(column), limit);
      values.addAll(exact(job, rule, column, found.values(), header));
      rows += found.rows();
      total += found.total();
      exact &= found.exact();
    }
    values.sort(Comparator.comparing(Value::rows).reversed());
    return new Values(
        rule.cause(), rows, total, exact, values.subList(0, Math.min(limit, values.size())));
  }

  /**
   * The values from the first row of each: a message shortens long ones and replaces some
   * characters. Groups with the same value are merged.
   */
  private List<Value> exact(
      Job job, Rule rule, Column column, List<Counted> values, Header header) {
    Map<Long, String> cells = cells(job, column, values, header);
    Map<String, Value> exact = new LinkedHashMap<>();
    for (Counted one : values) {
      String value = cells.getOrDefault(one.first(), one.value());
      exact.merge(
          value,
          new Value(
              column.header(),
              value,
              one.rows(),
              one.first(),
              new Fault(rule, column, value).message()),
          (some, more) ->
              new Value(
                  some.column(),
                  value,
                  some.rows() + more.rows(),
                  Math.min(some.first(), more.first()),
                  some.message()));
    }
    return List.copyOf(exact.values());
  }

  private Map<Long, String> cells(Job job, Column column, List<Counted> values, Header header) {
    RejectColumns columns = new RejectColumns(header);
    Map<Long, String> cells = new HashMap<>();
    jdbc.sql(FIND)
        .param("jobId", job.id())
        .param("rows", values.stream().map(Counted::first).toArray(Long[]::new))
        .param("longest", RejectBrowser.LONGEST)
        .query(
            row -> {
              byte[] raw = row.getBytes("raw");
              RejectedRecord record =
                  raw == null ? null : new RejectedRecord(columns, raw, List.of());
              if (record != null && record.isSplit()) {
                cells.put(row.getLong("source_row"), record.value(column));
              }
            });
    return cells;
  }
}
