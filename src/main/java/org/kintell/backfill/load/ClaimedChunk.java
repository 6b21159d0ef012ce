package org.kintell.backfill.load;

import java.util.List;
import java.util.UUID;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.job.ChunkClaim;
import org.kintell.backfill.job.JobScoped;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.store.StoredFile;

/**
 * A chunk that this process may load, with what it needs to know of its job.
 *
 * @param policy for rows whose session exists
 * @param dryRun whether nothing is imported
 * @param expectsDuplicates whether an earlier chunk of its job met ids of existing sessions
 * @param timezone the name of the time zone of dates without an offset; null where they are refused
 * @param version of its stored file
 * @param triedBy the names of the processes that began it, this one included
 */
public record ClaimedChunk(
    ChunkClaim claim,
    Header header,
    ChunkPlan plan,
    OnDuplicate policy,
    boolean dryRun,
    boolean expectsDuplicates,
    String timezone,
    StoredFile.Version version,
    List<String> triedBy)
    implements JobScoped {

  @Override
  public UUID jobId() {
    return claim.jobId();
  }

  /** Without its plan: each comparison of a body with null in a route calls this. */
  @Override
  public String toString() {
    return "ClaimedChunk[" + claim.ref() + "]";
  }
}
