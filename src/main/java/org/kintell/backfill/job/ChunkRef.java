package org.kintell.backfill.job;

import java.util.UUID;

/** Names a chunk of a job. */
public record ChunkRef(UUID jobId, int chunkNo) implements JobScoped {}
