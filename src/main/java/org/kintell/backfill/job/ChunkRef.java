package org.kintell.backfill.job;

import java.io.Serializable;
import java.util.UUID;

/** The message that asks for a chunk to be loaded: all that has to travel. */
public record ChunkRef(UUID jobId, int chunkNo) implements JobScoped, Serializable {}
