package org.kintell.backfill.load.write;

import java.util.Iterator;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.kintell.backfill.csv.SourceRecord.Key;
import org.kintell.backfill.load.Chunk;
import org.kintell.backfill.load.UnboundRow;
import org.kintell.backfill.load.UnboundRows;
import org.kintell.backfill.load.UserLookup;
import org.springframework.stereotype.Component;

/**
 * Asks the database once for the whole chunk which addresses are users' and, where repeats are
 * likely, which session ids exist, so that no row has to ask.
 */
@Component
public class ChunkLookup {

  private final ExistingSessionIds known;
  private final DryRunSessionIds tried;
  private final UserLookup users;

  ChunkLookup(ExistingSessionIds known, DryRunSessionIds tried, UserLookup users) {
    this.known = known;
    this.tried = tried;
    this.users = users;
  }

  /**
   * Looks up by the bytes of the records, so that no record need be parsed and kept before its
   * turn.
   *
   * @param parsed the cells of the readable records, in file order
   * @return all rows of the chunk, in file order, those that cannot be parsed as well
   */
  public Iterator<UnboundRow> lookUp(
      @Body Iterator<List<String>> parsed, @ExchangeProperty(Chunk.PROPERTY) Chunk chunk) {
    chunk.know(known.expected(chunk));
    if (chunk.isDryRun()) {
      chunk.know(tried.among(chunk.ref().jobId(), chunk.texts(Key.SESSION_ID)));
    }
    return new UnboundRows(
        chunk.records(),
        parsed,
        users.match(chunk.ref().jobId(), chunk.texts(Key.PARTICIPANT_EMAIL)),
        users.match(chunk.ref().jobId(), chunk.texts(Key.VOLUNTEER_EMAIL)));
  }
}
