package org.kintell.backfill.source;

import java.util.List;

/**
 * The records of one chunk.
 *
 * @param records in file order
 * @param csv those without a fault, each followed by a line feed, in UTF-8 and the file's delimiter
 */
public record ChunkRecords(List<SourceRecord> records, byte[] csv) {}
