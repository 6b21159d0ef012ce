package org.kintell.backfill.source;

import org.kintell.backfill.row.Rule;

/**
 * One record of a file, byte for byte.
 *
 * @param row counts data rows from 1
 * @param offset where it begins in the unpacked file
 * @param length in bytes, without the line end
 * @param raw its bytes, or null when it is longer than a record may be
 * @param csv the same for a CSV parser, which takes a carriage return outside quotes for a line end
 * @param fault why it cannot be read, or null
 */
public record SourceRecord(
    long row, long offset, long length, byte[] raw, byte[] csv, Rule fault) {}
