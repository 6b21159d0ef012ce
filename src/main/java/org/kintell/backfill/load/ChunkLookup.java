package org.kintell.backfill.load;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.row.Column;
import org.kintell.backfill.row.UserMatch;
import org.kintell.backfill.source.SourceRecord;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;

/**
 * Asks the database, once for the whole chunk, which of its session ids exist and which of its
 * addresses are users, so that no row has to.
 */
@Component
public class ChunkLookup {

  private static final String KNOWN_SESSIONS = SqlFile.read("known-sessions");

  private final JdbcTemplate jdbc;
  private final Users users;
  private final TriedSessions tried;

  ChunkLookup(JdbcTemplate jdbc, Users users, TriedSessions tried) {
    this.tried = tried;
    this.jdbc = jdbc;
    this.users = users;
  }

  /**
   * Looks everything up, and puts the parsed rows together with those that cannot be parsed.
   *
   * @param parsed the cells of the readable records, in file order
   * @return all rows of the chunk, in file order
   */
  public List<UnboundRow> lookUp(
      @Body List<List<String>> parsed, @ExchangeProperty(Chunk.PROPERTY) Chunk chunk) {
    List<String> ids = column(parsed, chunk.position(Column.SESSION_ID));
    chunk.know(existing(ids));
    if (chunk.isDryRun()) {
      chunk.know(tried.among(chunk.ref().jobId(), ids));
    }
    List<UserMatch> participants =
        users.match(column(parsed, chunk.position(Column.PARTICIPANT_EMAIL)));
    List<UserMatch> volunteers =
        users.match(column(parsed, chunk.position(Column.VOLUNTEER_EMAIL)));
    List<UnboundRow> rows = new ArrayList<>(chunk.records().size());
    int next = 0;
    for (SourceRecord record : chunk.records()) {
      if (record.fault() == null) {
        rows.add(
            new UnboundRow(
                record.row(),
                parsed.get(next),
                participants.get(next),
                volunteers.get(next),
                null));
        next++;
      } else {
        rows.add(new UnboundRow(record.row(), List.of(), null, null, record.fault()));
      }
    }
    if (next < parsed.size()) {
      throw new IllegalStateException("the CSV parser found more records than the index");
    }
    return rows;
  }

  /** The trimmed cells of a column; empty where a row is too short to have it. */
  private static List<String> column(List<List<String>> rows, int position) {
    List<String> values = new ArrayList<>(rows.size());
    for (List<String> cells : rows) {
      values.add(position < cells.size() ? cells.get(position).strip() : "");
    }
    return values;
  }

  /** Those of the ids that sessions in the database have. */
  List<String> existing(List<String> ids) {
    return jdbc.query(
        KNOWN_SESSIONS,
        statement -> statement.setObject(1, ids.toArray(String[]::new)),
        (row, number) -> row.getString(1));
  }
}
