package org.kintell.backfill.reject;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.store.FileStore;

/** The lines of a job's error file. */
final class RejectLines {

  /**
   * A reject as stored.
   *
   * @param row counts data rows from 1
   * @param raw its record, byte for byte; null if not fetched, or too long for the database
   * @param tooLong whether the record is in the database, but too long to be fetched with others
   * @param offset of the record in the job's stored file
   * @param length of the record in bytes
   */
  record StoredReject(
      long row, byte[] raw, boolean tooLong, long offset, long length, String message) {

    StoredReject withRaw(byte[] fetched) {
      return new StoredReject(row, fetched, tooLong, offset, length, message);
    }
  }

  private final Job job;
  private final ErrorFile.Form form;
  private final ErrorFile format;
  private final FileStore files;

  RejectLines(Job job, Header header, ErrorFile.Form form, FileStore files) {
    this.job = job;
    this.form = form;
    this.format = new ErrorFile(header, form);
    this.files = files;
  }

  byte[] header() {
    return format.headerLine();
  }

  /** Whether the whole line fits in memory. */
  boolean isShort(StoredReject reject) {
    return reject.raw() != null || form == ErrorFile.Form.SPREADSHEET;
  }

  /** The line of a short reject; for a spreadsheet, a long one has only its number and message. */
  byte[] line(StoredReject reject) {
    byte[] raw = reject.raw() == null ? new byte[0] : reject.raw();
    return format.line(raw, reject.row(), reject.message());
  }

  /**
   * The line of a reject whose record is only in the job's stored file.
   *
   * @throws UncheckedIOException of a NoSuchFileException if that file is gone
   */
  InputStream longLine(StoredReject reject) {
    return new SequenceInputStream(
        record(reject), new ByteArrayInputStream(format.ending(reject.row(), reject.message())));
  }

  private InputStream record(StoredReject reject) {
    int endingLength = ErrorFile.endingLength(reject.length());
    long endingOffset = reject.offset() + reject.length() - endingLength;
    try (InputStream ending = files.range(job.id(), endingOffset, endingLength)) {
      int added = format.added(ending.readAllBytes());
      return files.range(job.id(), reject.offset(), reject.length() - added);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
