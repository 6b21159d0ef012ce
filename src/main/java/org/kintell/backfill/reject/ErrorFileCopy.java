package org.kintell.backfill.reject;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.kintell.backfill.database.Copy;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.reject.RejectLines.StoredReject;
import org.kintell.backfill.store.FileStore;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/** Writes error files to disk with COPY. Slow readers use {@link Rejects} instead. */
@Repository
public class ErrorFileCopy {

  private static final String ALL = SqlFile.read("reject/copy-error-file");

  /** Signature, flags and length of the header extension, which is empty. */
  private static final int PREAMBLE = 11 + Integer.BYTES + Integer.BYTES;

  private static final short TRAILER = -1;

  private static final int FILE_BUFFER = 64 * 1024;

  private final JdbcTemplate jdbc;
  private final JobRepository jobs;
  private final FileStore files;
  private final FileModes modes;

  ErrorFileCopy(JdbcTemplate jdbc, JobRepository jobs, FileStore files, FileModes modes) {
    this.modes = modes;
    this.jobs = jobs;
    this.jdbc = jdbc;
    this.files = files;
  }

  /**
   * Writes the error file of a job.
   *
   * @param file must not exist
   * @throws IOException if the file cannot be written
   * @throws UncheckedIOException of a NoSuchFileException if a record is only in the job's stored
   *     file, and that is gone
   */
  @Transactional
  public void write(Job job, Path file) throws IOException {
    // The planner has no statistics on the new rejects; the index is in the right order.
    jdbc.execute("SET LOCAL enable_sort = off");
    write(job, ALL, file);
  }

  /**
   * Writes the rejects that a statement returns, in the caller's transaction.
   *
   * @param copy returns the columns of {@code copy-error-file.sql} in COPY's binary format
   * @throws IOException if the file cannot be written
   */
  void write(Job job, String copy, Path file) throws IOException {
    RejectLines lines =
        new RejectLines(job, jobs.header(job.id()).orElseThrow(), ErrorFile.Form.EXACT, files);
    try (OutputStream out = newFile(file)) {
      out.write(lines.header());
      Copy.receive(jdbc, of(job, copy), new Rows(reject -> write(lines, reject, out)));
    }
  }

  /**
   * Writes those of a statement's rejects that corrections change.
   *
   * @param copy as above; a record that is too long for the database is not changed
   */
  void write(Job job, String copy, CorrectedLines lines, Path file) throws IOException {
    try (OutputStream out = newFile(file)) {
      out.write(lines.headerLine());
      Copy.receive(
          jdbc,
          of(job, copy),
          new Rows(
              reject -> {
                byte[] line = lines.line(reject);
                if (line != null) {
                  out.write(line);
                }
              }));
    }
  }

  private OutputStream newFile(Path file) throws IOException {
    return new BufferedOutputStream(Channels.newOutputStream(modes.create(file)), FILE_BUFFER);
  }

  /** The statement for a job: COPY takes no parameters. */
  private static String of(Job job, String copy) {
    return copy.replace(":jobId", "'" + job.id() + "'");
  }

  /** Takes rejects one by one. */
  private interface Reader {
    void take(StoredReject reject) throws IOException;
  }

  /** PostgreSQL sends the preamble in front of the first row. */
  private static final class Rows implements Copy.Target {
    private final Reader reader;
    private int skip = PREAMBLE;

    Rows(Reader reader) {
      this.reader = reader;
    }

    @Override
    public void take(byte[] message) throws IOException {
      ByteBuffer row = ByteBuffer.wrap(message).position(skip);
      skip = 0;
      if (row.getShort() != TRAILER) {
        reader.take(reject(row));
      }
    }
  }

  private static void write(RejectLines lines, StoredReject reject, OutputStream file)
      throws IOException {
    if (lines.isShort(reject)) {
      file.write(lines.line(reject));
    } else {
      try (InputStream line = lines.longLine(reject)) {
        line.transferTo(file);
      }
    }
  }

  private static StoredReject reject(ByteBuffer row) {
    return new StoredReject(
        bigint(row),
        bytes(row),
        false,
        bigint(row),
        bigint(row),
        new String(bytes(row), StandardCharsets.UTF_8));
  }

  private static long bigint(ByteBuffer row) {
    row.getInt(); // its length, 8
    return row.getLong();
  }

  /** Null for NULL. */
  private static byte[] bytes(ByteBuffer row) {
    int length = row.getInt();
    if (length < 0) {
      return null;
    }
    byte[] bytes = new byte[length];
    row.get(bytes);
    return bytes;
  }
}
