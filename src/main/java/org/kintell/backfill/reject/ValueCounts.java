package org.kintell.backfill.reject;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Rule;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Counts values in the messages or cells of rejects. Where a sample of very many rejects has mostly
 * different values, all of which PostgreSQL would have to remember, the sample is the answer; only
 * the values that messages repeat in it are then counted in all rejects.
 */
@Repository
class ValueCounts {

  private static final String IN_MESSAGES = SqlFile.read("reject/count-values");
  private static final String FREQUENT_IN_MESSAGES = SqlFile.read("reject/count-frequent-values");
  private static final String SAMPLE_OF_MESSAGES = SqlFile.read("reject/sample-values");
  private static final String IN_CELLS = SqlFile.read("reject/count-cell-values");
  private static final String SAMPLE_OF_CELLS = SqlFile.read("reject/sample-cell-values");

  /** Rejects of a job whose values are always all counted. */
  private static final long FEW = 100_000;

  /** A thousand rows in a million with the same value are in some run, wherever they stand. */
  private static final int RUNS = 1_000;

  private static final int RUN_LENGTH = 50;

  /** Values of a sample that may be counted in all rejects, at least. */
  private static final int CANDIDATES = 200;

  /** The part of different values in a sample from which on most are different. */
  private static final double MOSTLY = 0.8;

  private final JdbcClient jdbc;

  ValueCounts(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Values with their rows, the most frequent first.
   *
   * @param rows of all values
   * @param total number of different values
   * @param exact whether the numbers are exact; otherwise there are at least so many
   */
  record Counts(List<Counted> values, long rows, long total, boolean exact) {

    private boolean areMostlyDifferent() {
      return ValueCounts.areMostlyDifferent(total, rows);
    }

    private Counts atLeast(int limit) {
      return new Counts(values.subList(0, Math.min(limit, values.size())), rows, total, false);
    }
  }

  /**
   * A value.
   *
   * @param value a message shortens long values and replaces some characters
   * @param first the first row that has it
   */
  record Counted(String value, long rows, long first) {

    static Counted map(ResultSet row, int number) throws SQLException {
      return new Counted(row.getString("value"), row.getLong("rows"), row.getLong("first"));
    }
  }

  /** Counts the values that messages repeat. */
  Counts inMessages(Job job, RejectQuery query, int limit) {
    Rule rule = query.cause();
    Map<String, Object> place =
        Map.of("begin", rule.beginning(), "beginning", rule.beginning().length());
    if (isLarge(job, query.open())) {
      Counts sample = sample(SAMPLE_OF_MESSAGES, job, query, place, Math.max(limit, CANDIDATES));
      if (sample.areMostlyDifferent()) {
        return frequent(job, query, place, sample).atLeast(limit);
      }
    }
    return counts(IN_MESSAGES, job, query, place, limit);
  }

  /** Counts the values of a column, in the records. */
  Counts inCells(
      Job job, RejectQuery query, Column column, char delimiter, int position, int limit) {
    Map<String, Object> place =
        Map.of(
            "message", new Fault(query.cause(), column, "").message(),
            "delimiter", String.valueOf(delimiter),
            "place", position + 1);
    if (isLarge(job, query.open())) {
      Counts sample = sample(SAMPLE_OF_CELLS, job, query, place, limit);
      if (sample.areMostlyDifferent()) {
        return sample.atLeast(limit);
      }
    }
    return counts(IN_CELLS, job, query, place, limit);
  }

  /**
   * Whether a sample of a job's rejects may be the answer. Not if another job may have taken some
   * of the open rejects.
   */
  static boolean isLarge(Job job, boolean open) {
    boolean isAllOpen = !open || !job.corrected() && job.parentJobId() == null;
    return job.failedRows() > FEW && isAllOpen;
  }

  /** Sets the size of a sample. */
  static JdbcClient.StatementSpec sample(JdbcClient.StatementSpec statement) {
    return statement.param("runs", RUNS).param("length", RUN_LENGTH);
  }

  /** Whether a sample is the answer: so many different values stand in so many of its rows. */
  static boolean areMostlyDifferent(long total, long rows) {
    return total > MOSTLY * rows;
  }

  private JdbcClient.StatementSpec statement(
      String sql, Job job, RejectQuery query, Map<String, Object> place) {
    return jdbc.sql(sql).param("jobId", job.id()).param("cause", query.causeName()).params(place);
  }

  private Counts sample(
      String sql, Job job, RejectQuery query, Map<String, Object> place, int limit) {
    return counts(sample(statement(sql, job, query, place)).param("limit", limit));
  }

  private Counts counts(
      String sql, Job job, RejectQuery query, Map<String, Object> place, int limit) {
    return counts(
        statement(sql, job, query, place).param("open", query.open()).param("limit", limit));
  }

  /** Runs a statement that counts all values. */
  static Counts counts(JdbcClient.StatementSpec statement) {
    List<Counted> values = new ArrayList<>();
    long[] sums = new long[2];
    statement.query(
        row -> {
          sums[0] = row.getLong("all_rows");
          sums[1] = row.getLong("total");
          values.add(Counted.map(row, values.size()));
        });
    return new Counts(values, sums[0], sums[1], true);
  }

  /** A sample with the rows that its repeated values have in all rejects. */
  private Counts frequent(Job job, RejectQuery query, Map<String, Object> place, Counts sample) {
    Map<String, Counted> values = new LinkedHashMap<>();
    sample.values().forEach(one -> values.put(one.value(), one));
    String[] repeated =
        sample.values().stream()
            .filter(one -> one.rows() > 1)
            .map(Counted::value)
            .toArray(String[]::new);
    if (repeated.length > 0) {
      jdbc.sql("SET LOCAL plan_cache_mode = force_custom_plan").update();
      statement(FREQUENT_IN_MESSAGES, job, query, place)
          .param("values", repeated)
          .query(Counted::map)
          .list()
          .forEach(one -> values.put(one.value(), one));
    }
    List<Counted> counted = new ArrayList<>(values.values());
    counted.sort(Comparator.comparing(Counted::rows).reversed().thenComparing(Counted::first));
    return new Counts(counted, sample.rows(), sample.total(), false);
  }
}
