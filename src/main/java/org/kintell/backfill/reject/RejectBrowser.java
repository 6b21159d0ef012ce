package org.kintell.backfill.reject;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.reject.RejectPage.CellFault;
import org.kintell.backfill.reject.RejectPage.Row;
import org.kintell.backfill.reject.RejectPage.State;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Reads the rejects of a job page by page. */
@Repository
public class RejectBrowser {

  private static final String PAGE = SqlFile.read("reject/browse-rejects");
  private static final String COUNT = SqlFile.read("reject/count-rejects");

  /** Bytes; longer rows are not shown. */
  static final int LONGEST = 64 * 1024;

  /** Bytes of all rows of a page except the last one. */
  private static final int MOST_BYTES = 1024 * 1024;

  private final JdbcClient jdbc;
  private final JobRepository jobs;

  RejectBrowser(JdbcClient jdbc, JobRepository jobs) {
    this.jdbc = jdbc;
    this.jobs = jobs;
  }

  /**
   * Reads a page.
   *
   * @param after the last row of the page before; 0 for the first page, which counts all
   * @param limit the most rows
   */
  @Transactional(readOnly = true)
  public RejectPage page(Job job, RejectQuery query, long after, int limit) {
    Header header = jobs.header(job.id()).orElseThrow();
    RejectColumns columns = new RejectColumns(header);
    List<Row> rows = new ArrayList<>();
    long[] fetched = {0};
    filtered(PAGE, job, query, header)
        .param("after", after)
        .param("limit", limit + 1)
        .param("longest", LONGEST)
        .param("mostBytes", MOST_BYTES)
        .query(
            row -> {
              fetched[0] = row.getLong("fetched");
              rows.add(row(row, columns));
            });
    List<Row> shown = rows.subList(0, Math.min(rows.size(), limit));
    return new RejectPage(
        columns.names(),
        shown,
        after > 0 ? null : total(job, query, header, fetched[0], limit),
        fetched[0] > shown.size() ? Long.toString(shown.get(shown.size() - 1).row()) : null);
  }

  /** Counts them only where the first page does not hold all. */
  private long total(Job job, RejectQuery query, Header header, long fetched, int limit) {
    return fetched <= limit
        ? fetched
        : filtered(COUNT, job, query, header).query(Long.class).single();
  }

  private JdbcClient.StatementSpec filtered(
      String statement, Job job, RejectQuery query, Header header) {
    return jdbc.sql(statement)
        .param("jobId", job.id())
        .param("cause", query.causeName())
        .param("message", query.message())
        .param("cell", query.cell())
        .param("delimiter", String.valueOf(header.delimiter()))
        .param("place", query.cell() == null ? 0 : header.position(query.column()) + 1)
        .param("open", query.open());
  }

  private static Row row(ResultSet row, RejectColumns columns) throws SQLException {
    List<String> causes = List.of((String[]) row.getArray("causes").getArray());
    byte[] raw = row.getBytes("raw");
    RejectedRecord record = raw == null ? null : new RejectedRecord(columns, raw, causes);
    boolean split = record != null && record.isSplit();
    List<CellFault> faults =
        RejectFaults.of(
            causes, row.getString("message"), column -> split ? record.value(column) : null);
    UUID takenBy = row.getObject("taken_by", UUID.class);
    State state =
        takenBy == null ? State.OPEN : row.getBoolean("imported") ? State.IMPORTED : State.TAKEN;
    return new Row(
        row.getLong("source_row"),
        state.name().toLowerCase(Locale.ROOT),
        takenBy,
        split ? record.texts() : null,
        record == null || split ? null : record.whole(),
        record == null ? true : null,
        record == null ? row.getLong("raw_length") : null,
        record == null ? faults : record.located(faults));
  }
}
