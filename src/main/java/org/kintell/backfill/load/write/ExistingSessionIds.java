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
 * Looks up which session ids of a chunk exist, with one statement. Most chunks do not look: most
 * files bring new sessions only, and the unique key finds the exceptions, at the price of writing
 * their chunk twice. The first chunk of a job looks, because its file may have been imported
 * before; later ones do once a chunk of the job has met a duplicate.
 */
@Repository
public class ExistingSessionIds {

  private final JdbcTemplate jdbc;
  private final String known;

  ExistingSessionIds(JdbcTemplate jdbc, SessionTableMetadata table) {
    this.jdbc = jdbc;
    this.known = SqlFile.read("load/write/known-sessions").formatted(table.idType());
  }

  /** Those of a chunk's ids that exist; none if the chunk is written without looking. */
  Set<String> expected(Chunk chunk) {
    return isWorthLooking(chunk) ? among(chunk) : Set.of();
  }

  /** A tail chunk has ids that may occur earlier in the file; a dry run has no key to meet. */
  private boolean isWorthLooking(Chunk chunk) {
    return chunk.policy() != OnDuplicate.REJECT
        || chunk.isDryRun()
        || chunk.isFirst()
        || chunk.isTail()
        || chunk.expectsDuplicates();
  }

  /**
   * Those of a chunk's ids that exist. If there are any, the chunks of its job that any process
   * claims after this one is loaded look as well.
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
