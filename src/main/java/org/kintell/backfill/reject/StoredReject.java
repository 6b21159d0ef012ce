package org.kintell.backfill.reject;

/**
 * A reject as it is kept.
 *
 * @param row counts data rows from 1
 * @param raw its record, byte for byte; null where that was not fetched, or is too long to be kept
 *     in the database
 * @param tooLong whether the record is in the database, and too long to be fetched with others
 * @param offset where the record begins in the job's stored file
 * @param length of the record, in bytes
 */
record StoredReject(
    long row, byte[] raw, boolean tooLong, long offset, long length, String message) {

  StoredReject withRaw(byte[] fetched) {
    return new StoredReject(row, fetched, tooLong, offset, length, message);
  }
}
