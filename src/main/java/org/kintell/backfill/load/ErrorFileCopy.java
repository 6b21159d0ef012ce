package org.kintell.backfill.load;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.source.ErrorFile;
import org.kintell.backfill.source.FileStore;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * Writes error files in one go, by COPY: for a file of ours, which takes the lines as fast as they
 * come. Clients read them from {@link Rejects} instead, at their own pace.
 */
@Repository
public class ErrorFileCopy {

  private static final String ALL = SqlFile.read("copy-error-file");

  /** Signature, flags and length of the extension, which PostgreSQL leaves empty. */
  private static final int PREAMBLE = 11 + Integer.BYTES + Integer.BYTES;

  private static final short TRAILER = -1;

  private static final int FILE_BUFFER = 64 * 1024;

  private final JdbcTemplate jdbc;
  private final FileStore files;

  ErrorFileCopy(JdbcTemplate jdbc, FileStore files) {
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
    RejectLines lines = new RejectLines(job, ErrorFile.Form.EXACT, files);
    try (OutputStream out = newFile(file)) {
      out.write(lines.header());
      jdbc.execute(
          (ConnectionCallback<Void>)
              connection -> {
                CopyOut rows =
                    connection.unwrap(PGConnection.class).getCopyAPI().copyOut(of(job, copy));
                try {
                  write(lines, rows, out);
                } catch (IOException e) {
                  throw new RefusedException(e);
                } finally {
                  if (rows.isActive()) {
                    rows.cancelCopy();
                  }
                }
                return null;
              });
    } catch (RefusedException e) {
      throw e.reason;
    }
  }

  private static OutputStream newFile(Path file) throws IOException {
    return new BufferedOutputStream(
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
        FILE_BUFFER);
  }

  /** The statement for a job: COPY takes no parameters. */
  private static String of(Job job, String copy) {
    return copy.replace(":jobId", "'" + job.id() + "'");
  }

  /** PostgreSQL sends each row as a message; the first one comes with the preamble. */
  private static void write(RejectLines lines, CopyOut rows, OutputStream file)
      throws SQLException, IOException {
    int skip = PREAMBLE;
    for (byte[] message; (message = rows.readFromCopy()) != null; skip = 0) {
      ByteBuffer row = ByteBuffer.wrap(message).position(skip);
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

  /** Tells what the file does not take from what happens to the database. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final IOException reason;

    RefusedException(IOException reason) {
      super(reason);
      this.reason = reason;
    }
  }
}
