package org.kintell.backfill.job;

/** A chunk that is still to be loaded, and how many rows it has. */
public record PendingChunk(int chunkNo, int rows) {}
