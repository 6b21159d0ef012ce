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
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Counts the values that caused the rejects of a job. */
@Repository
public class RejectValues {

  private static final String VALUES = SqlFile.read("reject/count-values");
  private static final String COLUMNS = SqlFile.read("reject/count-columns");
  private static final String CELL_VALUES = SqlFile.read("reject/count-cell-values");
  private static final String FIND = SqlFile.read("reject/find-rejects");

  private final JdbcClient jdbc;
  private final JobRepository jobs;

  RejectValues(JdbcClient jdbc, JobRepository jobs) {
    this.jdbc = jdbc;
    this.jobs = jobs;
  }

  /**
   * The values behind a cause, the most frequent first.
   *
   * @param rows rejects with the cause; one with two such values counts twice
   * @param total number of different values
   */
  public record Values(String cause, long rows, long total, List<Counted> values) {}

  /**
   * A value and the number of its rows.
   *
   * @param column absent, like the value, for a fault of the row as a whole
   * @param first the first row that has it
   * @param message its fault
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Counted(String column, String value, long rows, long first, String message) {}

  /** Result of one counting statement. */
  private record Counts(List<Counted> values, long rows, long total) {}

  /**
   * Counts values.
   *
   * @param limit the most values in the answer
   */
  @Transactional(readOnly = true)
  public Values count(Job job, RejectQuery query, int limit) {
    Rule rule = query.cause();
    Header header = jobs.header(job.id()).orElseThrow();
    Counts counts =
        rule == Rule.EMAIL
            ? inCells(job, query, limit, header)
            : inMessages(job, query, limit, header);
    return new Values(rule.cause(), counts.rows(), counts.total(), counts.values());
  }

  private Counts inMessages(Job job, RejectQuery query, int limit, Header header) {
    Rule rule = query.cause();
    boolean names = rule == Rule.PRESENT;
    JdbcClient.StatementSpec statement =
        names
            ? jdbc.sql(COLUMNS)
                .param(
                    "columns", rule.columns().stream().map(Column::header).toArray(String[]::new))
            : jdbc.sql(VALUES).param("beginning", rule.beginning().length());
    Counts counts =
        counts(
            statement
                .param("jobId", job.id())
                .param("cause", rule.cause())
                .param("open", query.open())
                .param("begin", rule.beginning())
                .param("limit", limit),
            null);
    List<Counted> values =
        rule.columns().isEmpty() || names
            ? counts.values().stream().map(one -> inMessage(rule, names, one)).toList()
            : exact(job, rule, rule.columns().get(0), counts.values(), header);
    return new Counts(values, counts.rows(), counts.total());
  }

  /** What a message says after its beginning: the name of an empty column, or no value at all. */
  private static Counted inMessage(Rule rule, boolean names, Counted one) {
    return new Counted(
        names ? one.value() : null,
        names ? "" : null,
        one.rows(),
        one.first(),
        rule.beginning() + one.value());
  }

  /** The address columns one after the other. */
  private Counts inCells(Job job, RejectQuery query, int limit, Header header) {
    List<Counted> values = new ArrayList<>();
    long rows = 0;
    long total = 0;
    for (Column column : query.cause().columns()) {
      Counts counts =
          counts(
              jdbc.sql(CELL_VALUES)
                  .param("jobId", job.id())
                  .param("cause", query.causeName())
                  .param("open", query.open())
                  .param("message", new Fault(query.cause(), column, "").message())
                  .param("delimiter", String.valueOf(header.delimiter()))
                  .param("place", header.position(column) + 1)
                  .param("limit", limit),
              column);
      values.addAll(exact(job, query.cause(), column, counts.values(), header));
      rows += counts.rows();
      total += counts.total();
    }
    values.sort(Comparator.comparing(Counted::rows).reversed());
    return new Counts(values.subList(0, Math.min(limit, values.size())), rows, total);
  }

  private static Counts counts(JdbcClient.StatementSpec statement, Column column) {
    List<Counted> values = new ArrayList<>();
    long[] sums = new long[2];
    statement.query(
        row -> {
          sums[0] = row.getLong("all_rows");
          sums[1] = row.getLong("total");
          values.add(
              new Counted(
                  column == null ? null : column.header(),
                  row.getString("value"),
                  row.getLong("rows"),
                  row.getLong("first"),
                  null));
        });
    return new Counts(values, sums[0], sums[1]);
  }

  /**
   * The values from the first row of each: a message shortens long ones and replaces some
   * characters. Groups with the same value are merged.
   */
  private List<Counted> exact(
      Job job, Rule rule, Column column, List<Counted> values, Header header) {
    Map<Long, String> cells = cells(job, column, values, header);
    Map<String, Counted> exact = new LinkedHashMap<>();
    for (Counted one : values) {
      String value = cells.getOrDefault(one.first(), one.value());
      exact.merge(
          value,
          new Counted(
              column.header(),
              value,
              one.rows(),
              one.first(),
              new Fault(rule, column, value).message()),
          (some, more) ->
              new Counted(
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
