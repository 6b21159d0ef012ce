package org.kintell.backfill.load;

import java.time.Instant;
import java.util.List;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Session;

/**
 * A chunk that is committed, and whose events are to be published.
 *
 * @param sessions those that were imported
 * @param updates the rows that gave existing sessions new values, each with its session's id
 * @param rejects the rows that were not; none when the chunk was read back from the database
 */
public record LoadedChunk(
    ChunkRef ref,
    Instant loadedAt,
    List<Session> sessions,
    List<Session> updates,
    List<Reject> rejects) {

  /** Whether there is something to publish. */
  public boolean hasEvents() {
    return !(sessions.isEmpty() && updates.isEmpty());
  }
}
