package org.kintell.backfill.load;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.JobScoped;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Session;

/**
 * A committed chunk whose events are to be published.
 *
 * @param sessions the imported sessions
 * @param updates the updates of existing sessions, each with its session's id
 * @param skipped how many rows left existing sessions as they were
 * @param rejects empty when the chunk was read back from the database
 */
public record LoadedChunk(
    ChunkRef ref,
    Instant loadedAt,
    List<Session> sessions,
    List<Session> updates,
    int skipped,
    List<Reject> rejects)
    implements JobScoped {

  /** How many events are to be published. */
  public int events() {
    return sessions.size() + updates.size();
  }

  @Override
  public UUID jobId() {
    return ref.jobId();
  }

  /** Without its rows: each comparison of a body with null in a route calls this. */
  @Override
  public String toString() {
    return "LoadedChunk[" + ref + "]";
  }
}
