package org.kintell.backfill.load;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.OfJob;
import org.kintell.backfill.row.Session;

/**
 * A chunk that is committed, and whose events are to be published.
 *
 * @param sessions those that were imported
 */
public record LoadedChunk(ChunkRef ref, Instant loadedAt, List<Session> sessions) implements OfJob {

  @Override
  public UUID jobId() {
    return ref.jobId();
  }
}
