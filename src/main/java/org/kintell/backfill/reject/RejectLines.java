package org.kintell.backfill.reject;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.file.FileStore;
import org.kintell.backfill.job.Job;

/** The lines of a job's error file. */
final class RejectLines {

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

  /** Whether the line can be had as a whole. */
  boolean isShort(StoredReject reject) {
    return reject.raw() != null || form == ErrorFile.Form.SPREADSHEET;
  }

  /**
   * The line of a reject whose record is kept; for a spreadsheet, of any other only the number and
   * the message.
   */
  byte[] line(StoredReject reject) {
    byte[] raw = reject.raw() == null ? new byte[0] : reject.raw();
    return format.line(raw, reject.row(), reject.message());
  }

  /**
   * The line of a reject whose record stands in the job's stored file only.
   *
   * @throws UncheckedIOException of a NoSuchFileException, when that is gone
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
