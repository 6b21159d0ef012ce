package org.kintell.backfill.load.write;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.kintell.backfill.csv.SourceRecord.Key;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.load.Chunk;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;

/**
 * Which session ids exist, asked for all of a chunk at once - or not at all: most files bring new
 * sessions only, and the key of the table finds the exceptions out, at the price of writing their
 * chunk twice. So the first chunk of a job asks, as it would of a file that is imported again, and
 * the others do once a duplicate was met.
 */
@Repository
public class ExistingSessionIds {

  private final JdbcTemplate jdbc;
  private final String known;

  ExistingSessionIds(JdbcTemplate jdbc, SessionTableMetadata table) {
    this.jdbc = jdbc;
    this.known = SqlFile.read("load/write/known-sessions").formatted(table.idType());
  }

  /** Those of a chunk's ids that exist, unless it is to be written as if none did. */
  Set<String> expected(Chunk chunk) {
    return isToAsk(chunk) ? among(chunk) : Set.of();
  }

  /** A tail chunk holds ids that may have stood in the file before; a dry run meets no key. */
  private boolean isToAsk(Chunk chunk) {
    return chunk.policy() != OnDuplicate.REJECT
        || chunk.isDryRun()
        || chunk.isFirst()
        || chunk.isTail()
        || chunk.expectsDuplicates();
  }

  /**
   * Those of a chunk's ids that exist; if there are any, chunks of its job that are claimed once it
   * is loaded ask as well, in whichever process.
   */
  public Set<String> among(Chunk chunk) {
    Set<String> known = among(chunk.texts(Key.SESSION_ID));
    if (!known.isEmpty()) {
      chunk.meetDuplicates();
    }
    return known;
  }

  /** Those of the ids that sessions in the database have. */
  public Set<String> among(List<String> ids) {
    Set<String> found = new HashSet<>();
    jdbc.query(
        known,
        statement -> statement.setObject(1, ids.toArray(String[]::new)),
        row -> {
          found.add(row.getString(1));
        });
    return found;
  }
}
