package org.kintell.backfill.dryrun;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kintell.backfill.csv.SpreadsheetText;
import org.kintell.backfill.database.Copy;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.dryrun.DryRunReport.Cause;
import org.kintell.backfill.dryrun.DryRunReport.Duplicates;
import org.kintell.backfill.dryrun.DryRunReport.Email;
import org.kintell.backfill.dryrun.DryRunReport.Message;
import org.kintell.backfill.dryrun.DryRunReport.Repeats;
import org.kintell.backfill.dryrun.DryRunReport.Row;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.reject.ErrorFile;
import org.kintell.backfill.reject.MissingUsers;
import org.kintell.backfill.start.ErrorRowNumbers;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Creates the report of a finished dry run. */
@Repository
public class DryRunReports {

  private static final String FAULTS = SqlFile.read("dryrun/dry-run-faults");
  private static final String EMAILS = SqlFile.read("dryrun/dry-run-emails");
  private static final String NAME = SqlFile.read("dryrun/name-dry-run");
  private static final String COPY_EMAILS = SqlFile.read("dryrun/copy-dry-run-emails");
  private static final String MESSAGES = SqlFile.read("dryrun/dry-run-messages");
  private static final String DUPLICATES = SqlFile.read("dryrun/dry-run-duplicates");

  private static final String CHECKS_REJECTS =
      "SELECT checked_rejects FROM backfill_jobs WHERE id = :jobId";

  /** Maximum number of rows, and of messages, for each cause. */
  private static final int FIRST = 10;

  /** Maximum number of addresses in the report; the CSV has all of them. */
  private static final int MOST_EMAILS = 1_000;

  private final NamedParameterJdbcTemplate jdbc;
  private final ErrorRowNumbers originalRows;

  DryRunReports(NamedParameterJdbcTemplate jdbc, ErrorRowNumbers originalRows) {
    this.jdbc = jdbc;
    this.originalRows = originalRows;
  }

  /**
   * The report; its size does not depend on the file. Corrected rejects have the numbers of their
   * rows in the job that rejected them.
   */
  @Transactional(readOnly = true)
  public DryRunReport report(Job job) {
    List<Email> emails = new ArrayList<>();
    long[] total = {0};
    jdbc.query(
        EMAILS,
        parameters(job).addValue("limit", MOST_EMAILS),
        row -> {
          total[0] = row.getLong("emails");
          emails.add(email(row));
        });
    DryRunReport report = report(job, emails, total[0]);
    return checksRejects(job) ? report.renumbered(originals(job, report.rows())) : report;
  }

  private boolean checksRejects(Job job) {
    return Boolean.TRUE.equals(jdbc.queryForObject(CHECKS_REJECTS, parameters(job), Boolean.class));
  }

  private Map<Long, Long> originals(Job job, Set<Long> rows) {
    try {
      return originalRows.of(job.id(), rows);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private DryRunReport report(Job job, List<Email> emails, long total) {
    return new DryRunReport(
        job.fileName(),
        job.totalRows(),
        job.successfulRows(),
        job.failedRows(),
        job.skippedRows(),
        job.updatedRows(),
        faults(job),
        emails,
        total,
        duplicates(job));
  }

  /** All unknown addresses as CSV. */
  @Transactional(readOnly = true)
  public void writeEmails(Job job, ErrorFile.Form form, Path file) throws IOException {
    jdbc.query(
        NAME,
        new MapSqlParameterSource("jobId", job.id().toString()),
        (RowCallbackHandler) row -> {});
    try (OutputStream out = Files.newOutputStream(file)) {
      Copy.receive(
          jdbc.getJdbcOperations(),
          COPY_EMAILS,
          form == ErrorFile.Form.SPREADSHEET
              ? line -> out.write(SpreadsheetText.neutralised(line, ','))
              : out::write);
    }
  }

  private List<Cause> faults(Job job) {
    Map<String, Cause> causes = new LinkedHashMap<>();
    jdbc.query(
        FAULTS,
        parameters(job).addValue("first", FIRST),
        row -> {
          String cause = row.getString("cause");
          long rows = row.getLong("rows");
          causes
              .computeIfAbsent(
                  cause, name -> new Cause(name, rows, new ArrayList<>(), new ArrayList<>()))
              .first()
              .add(new Row(row.getLong("source_row"), row.getString("message")));
        });
    jdbc.query(
        MESSAGES,
        parameters(job).addValue("first", FIRST),
        row -> {
          causes
              .get(row.getString("cause"))
              .messages()
              .add(new Message(row.getString("message"), row.getLong("rows")));
        });
    return List.copyOf(causes.values());
  }

  private static Email email(ResultSet row) throws SQLException {
    return new Email(row.getString("email"), row.getLong("rows"), MissingUsers.roles(row));
  }

  private Duplicates duplicates(Job job) {
    Map<Boolean, Repeats> kinds = new LinkedHashMap<>();
    jdbc.query(
        DUPLICATES,
        parameters(job).addValue("first", FIRST),
        row -> {
          long rows = row.getLong("rows");
          kinds
              .computeIfAbsent(
                  row.getBoolean("stored"), kind -> new Repeats(rows, new ArrayList<>()))
              .first()
              .add(row.getLong("source_row"));
        });
    Repeats none = new Repeats(0, List.of());
    return new Duplicates(kinds.getOrDefault(false, none), kinds.getOrDefault(true, none));
  }

  private static MapSqlParameterSource parameters(Job job) {
    return new MapSqlParameterSource("jobId", job.id());
  }
}
