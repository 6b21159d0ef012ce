package org.kintell.backfill.job;

import java.util.UUID;

/**
 * The right of this process to load a chunk, until another attempt is begun.
 *
 * @param attempt counted from 1; with the process's number, what the chunk's transaction is checked
 *     against
 */
public record ChunkClaim(ChunkRef ref, int attempt) implements JobScoped {

  @Override
  public UUID jobId() {
    return ref.jobId();
  }
}
