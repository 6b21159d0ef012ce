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
import org.kintell.backfill.file.FileStore;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes error files in one go, by COPY: for a file of ours, which takes the lines as fast as they
 * come. Clients read them from {@link Rejects} instead, at their own pace.
 */
@Repository
public class ErrorFileCopy {

  private static final String ALL = SqlFile.read("reject/copy-error-file");

  /** Signature, flags and length of the extension, which PostgreSQL leaves empty. */
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
   * @param file does not exist yet
   * @throws IOException when the file does not take it
   * @throws UncheckedIOException of a NoSuchFileException, when a record that is kept in the job's
   *     stored file only is gone with that
   */
  @Transactional
  public void write(Job job, Path file) throws IOException {
    // Statistics know nothing of rejects that were written just now; the index has them in order.
    jdbc.execute("SET LOCAL enable_sort = off");
    write(job, ALL, file);
  }

  /**
   * Writes one with those rejects that a statement gives, in its order, on the connection of the
   * caller's transaction.
   *
   * @param copy gives the columns of {@code copy-error-file.sql}, in COPY's binary format
   * @throws IOException when the file does not take it
   */
  void write(Job job, String copy, Path file) throws IOException {
    RejectLines lines =
        new RejectLines(job, jobs.header(job.id()).orElseThrow(), ErrorFile.Form.EXACT, files);
    try (OutputStream out = newFile(file)) {
      out.write(lines.header());
      Copy.receive(jdbc, of(job, copy), new Rows(lines, out));
    }
  }

  private OutputStream newFile(Path file) throws IOException {
    return new BufferedOutputStream(Channels.newOutputStream(modes.create(file)), FILE_BUFFER);
  }

  /** The statement for a job: COPY takes no parameters. */
  private static String of(Job job, String copy) {
    return copy.replace(":jobId", "'" + job.id() + "'");
  }

  /** Writes them into the file. PostgreSQL puts the preamble before the first one. */
  private static final class Rows implements Copy.Target {
    private final RejectLines lines;
    private final OutputStream file;
    private int skip = PREAMBLE;

    Rows(RejectLines lines, OutputStream file) {
      this.lines = lines;
      this.file = file;
    }

    @Override
    public void take(byte[] message) throws IOException {
      ByteBuffer row = ByteBuffer.wrap(message).position(skip);
      skip = 0;
      if (row.getShort() != TRAILER) {
        write(lines, reject(row), file);
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
