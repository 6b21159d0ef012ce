package org.kintell.backfill.load;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.source.SourceRecord;
import org.kintell.backfill.source.SourceRecord.Key;
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
   * Looks everything up by what stands in the records themselves, so that each of them need not be
   * parsed, and kept as text, before its turn comes.
   *
   * @param parsed the cells of the readable records, in file order
   * @return all rows of the chunk, in file order, those that cannot be parsed as well
   */
  public Iterator<UnboundRow> lookUp(
      @Body Iterator<List<String>> parsed, @ExchangeProperty(Chunk.PROPERTY) Chunk chunk) {
    List<SourceRecord> records = chunk.records();
    List<String> ids = texts(records, Key.SESSION_ID);
    chunk.know(existing(ids));
    if (chunk.isDryRun()) {
      chunk.know(tried.among(chunk.ref().jobId(), ids));
    }
    return new UnboundRows(
        records,
        parsed,
        users.match(texts(records, Key.PARTICIPANT_EMAIL)),
        users.match(texts(records, Key.VOLUNTEER_EMAIL)));
  }

  private static List<String> texts(List<SourceRecord> records, Key key) {
    List<String> texts = new ArrayList<>(records.size());
    for (SourceRecord record : records) {
      texts.add(record.text(key));
    }
    return texts;
  }

  /** Those of the ids that sessions in the database have. */
  List<String> existing(List<String> ids) {
    return jdbc.query(
        KNOWN_SESSIONS,
        statement -> statement.setObject(1, ids.toArray(String[]::new)),
        (row, number) -> row.getString(1));
  }
}
