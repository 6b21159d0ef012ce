package org.kintell.backfill.reject;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.kintell.backfill.csv.SpreadsheetText;
import org.kintell.backfill.csv.Text;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.row.Column;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Finds the addresses for which open rejects of a job need a user. */
@Repository
public class MissingUsers {

  private static final String FIND = SqlFile.read("reject/missing-users");
  private static final String SAMPLE = SqlFile.read("reject/sample-missing-users");
  private static final String COUNT_ROWS = SqlFile.read("reject/count-rows-without-users");

  /** Maximum addresses in a list; the CSV has all of them. */
  public static final int MOST = 1_000;

  private final JdbcClient jdbc;
  private final JobRepository jobs;

  MissingUsers(JdbcClient jdbc, JobRepository jobs) {
    this.jdbc = jdbc;
    this.jobs = jobs;
  }

  /**
   * Addresses without a user, the most frequent first.
   *
   * @param total how many there are; the list may have fewer
   * @param participants how many of these rows need as participants
   * @param volunteers the same; an address may be needed as both
   * @param exact false for very many rejects with mostly different addresses: all numbers but the
   *     last are then the least, and addresses may be missing from the list even if it is short
   * @param rows open rejects of both causes, also those whose users exist by now
   */
  public record Found(
      List<Missing> users,
      long total,
      long participants,
      long volunteers,
      boolean exact,
      long rows) {}

  /**
   * An address without a user.
   *
   * @param rows how many open rejects need it
   * @param roles {@code participant}, {@code volunteer} or both
   * @param first the first of these rows
   */
  public record Missing(String email, long rows, List<String> roles, long first) {}

  /**
   * Counts and lists them. Where a sample of very many rejects has mostly different ones, the
   * sample is the answer.
   *
   * @param limit the most addresses in the list; 0 for the counts alone
   */
  @Transactional(readOnly = true)
  public Found find(Job job, int limit) {
    RejectColumns columns = columns(job);
    // Each row has the counts.
    int most = Math.max(1, limit);
    long rows = jdbc.sql(COUNT_ROWS).param("jobId", job.id()).query(Long.class).single();
    if (ValueCounts.isLarge(job, true)) {
      Listed sample = list(ValueCounts.sample(query(SAMPLE, job, most)), columns, limit);
      if (ValueCounts.areMostlyDifferent(sample.total(), sample.needed())) {
        return sample.found(false, rows);
      }
    }
    return list(query(FIND, job, most), columns, limit).found(true, rows);
  }

  /**
   * An answer of the database.
   *
   * @param needed users that the rows need, also those that exist by now; of a sample only
   */
  private record Listed(
      List<Missing> users, long total, long participants, long volunteers, long needed) {

    private Found found(boolean exact, long rows) {
      return new Found(users, total, participants, volunteers, exact, rows);
    }
  }

  private static Listed list(JdbcClient.StatementSpec statement, RejectColumns columns, int limit) {
    List<Missing> users = new ArrayList<>();
    long[] counts = new long[4];
    statement.query(
        row -> {
          counts[0] = row.getLong("total");
          counts[1] = row.getLong("participants");
          counts[2] = row.getLong("volunteers");
          counts[3] = row.getLong("needed");
          if (users.size() < limit) {
            users.add(missing(row, columns));
          }
        });
    return new Listed(users, counts[0], counts[1], counts[2], counts[3]);
  }

  /** Writes all of them as CSV, to a file that exists. */
  @Transactional(readOnly = true)
  public void write(Job job, ErrorFile.Form form, Path file) throws IOException {
    RejectColumns columns = columns(job);
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(line("email", "rows", "roles", ErrorFile.Form.EXACT));
      query(FIND, job, null)
          .query(
              row -> {
                Missing user = missing(row, columns);
                try {
                  out.write(
                      line(
                          user.email(),
                          Long.toString(user.rows()),
                          String.join(" ", user.roles()),
                          form));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }

  private JdbcClient.StatementSpec query(String sql, Job job, Integer limit) {
    return jdbc.sql(sql).param("jobId", job.id()).param("limit", limit);
  }

  private static byte[] line(String email, String rows, String roles, ErrorFile.Form form) {
    byte[] line =
        (Text.quoted(email, ',') + "," + rows + "," + roles + "\n")
            .getBytes(StandardCharsets.UTF_8);
    return form == ErrorFile.Form.SPREADSHEET ? SpreadsheetText.neutralised(line, ',') : line;
  }

  private static Missing missing(ResultSet row, RejectColumns columns) throws SQLException {
    return new Missing(
        address(row, columns), row.getLong("rows"), roles(row), row.getLong("first"));
  }

  /** The roles for which rows need a user, by the columns of these names. */
  public static List<String> roles(ResultSet row) throws SQLException {
    return Stream.of(
            row.getBoolean("participant") ? "participant" : "",
            row.getBoolean("volunteer") ? "volunteer" : "")
        .filter(role -> !role.isEmpty())
        .toList();
  }

  /** The address, whole where the message has only its beginning. */
  private static String address(ResultSet row, RejectColumns columns) throws SQLException {
    String email = row.getString("email");
    byte[] raw = row.getBytes("raw");
    RejectedRecord record = raw == null ? null : new RejectedRecord(columns, raw, List.of());
    if (record == null || !record.isSplit()) {
      return email;
    }
    Column column =
        row.getBoolean("participant") ? Column.PARTICIPANT_EMAIL : Column.VOLUNTEER_EMAIL;
    return record.value(column);
  }

  private RejectColumns columns(Job job) {
    return new RejectColumns(jobs.header(job.id()).orElseThrow());
  }
}
