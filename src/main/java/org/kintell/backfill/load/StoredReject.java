package org.kintell.backfill.load;

/**
 * A reject as it is kept.
 *
 * @param row counts data rows from 1
 * @param raw its record, byte for byte; null where that is too long to be kept in the database
 * @param offset where the record begins in the job's stored file
 * @param length of the record, in bytes
 */
record StoredReject(long row, byte[] raw, long offset, long length, String message) {}
