package org.kintell.backfill.load;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.row.Column;
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
    List<UnboundRow> rows = new ArrayList<>(chunk.records().size());
    Iterator<List<String>> cells = parsed.iterator();
    for (SourceRecord record : chunk.records()) {
      boolean readable = record.fault() == null;
      rows.add(new UnboundRow(record.row(), readable ? cells.next() : List.of(), record.fault()));
    }
    if (cells.hasNext()) {
      throw new IllegalStateException("the CSV parser found more records than the index");
    }
    Set<String> ids = new HashSet<>(2 * rows.size());
    Set<String> emails = new HashSet<>(4 * rows.size());
    collect(rows, chunk.position(Column.SESSION_ID), ids);
    collect(rows, chunk.position(Column.PARTICIPANT_EMAIL), emails);
    collect(rows, chunk.position(Column.VOLUNTEER_EMAIL), emails);
    Set<String> existing = existing(ids);
    if (chunk.isDryRun()) {
      existing.addAll(tried.among(chunk.ref().jobId(), ids));
    }
    chunk.know(existing, users.match(emails));
    return rows;
  }

  private static void collect(List<UnboundRow> rows, int position, Set<String> values) {
    for (UnboundRow row : rows) {
      if (position < row.cells().size()) {
        values.add(row.cells().get(position).strip());
      }
    }
  }

  /** Those of the ids that sessions in the database have. */
  Set<String> existing(Collection<String> ids) {
    Set<String> existing = new HashSet<>();
    jdbc.query(
        KNOWN_SESSIONS,
        statement -> statement.setObject(1, ids.toArray(String[]::new)),
        row -> {
          existing.add(row.getString(1));
        });
    return existing;
  }
}
