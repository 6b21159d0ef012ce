package org.kintell.backfill.reject;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.kintell.backfill.database.SqlFile;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.reject.RejectLines.StoredReject;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.store.FileStore;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Streams error files to slow readers in constant memory: two pages of short rows per reader, and
 * one long row for all of them, which is copied to a temporary file.
 */
@Repository
public class Rejects {

  private static final String EXIST = SqlFile.read("reject/rejects-exist");
  private static final String PAGE = SqlFile.read("reject/rejects-page");
  private static final String PART = SqlFile.read("reject/reject-part");

  /** Bytes; longer rows are not fetched with their page. */
  private static final int LONGEST = 256 * 1024;

  /** Bytes of a long row fetched per query. */
  private static final int PART_BYTES = 1024 * 1024;

  private final JdbcClient jdbc;
  private final JobRepository jobs;
  private final FileStore files;
  private final Workspace workspace;
  private final Semaphore longRow = new Semaphore(1, true);

  /** One thread per page, so that no reader waits for another. */
  private final Executor ahead = new SimpleAsyncTaskExecutor("rejects-");

  Rejects(JdbcClient jdbc, JobRepository jobs, FileStore files, Workspace workspace) {
    this.jdbc = jdbc;
    this.jobs = jobs;
    this.files = files;
    this.workspace = workspace;
  }

  public boolean exist(Job job) {
    return jdbc.sql(EXIST).param("jobId", job.id()).query(Boolean.class).single();
  }

  /** The error file so far. While one page is read, the next is fetched. */
  public InputStream errorFile(Job job) {
    return errorFile(job, null, ErrorFile.Form.EXACT);
  }

  /**
   * The error file in a form. For a spreadsheet, a row that is too long for the database has only
   * its number and message.
   *
   * @param cause only rejects with it; null for all
   */
  public InputStream errorFile(Job job, Rule cause, ErrorFile.Form form) {
    RejectLines lines = new RejectLines(job, jobs.header(job.id()).orElseThrow(), form, files);
    return new RejectStream(lines, new Source(job, cause, lines));
  }

  /** Fetches the rejects of a stream. */
  final class Source {
    private final Job job;
    private final String cause;
    private final RejectLines lines;

    Source(Job job, Rule cause, RejectLines lines) {
      this.job = job;
      this.cause = cause == null ? null : cause.cause();
      this.lines = lines;
    }

    /** The rejects after a row; an empty page at the end. */
    CompletableFuture<List<StoredReject>> pageAfter(long row) {
      return CompletableFuture.supplyAsync(() -> page(row), ahead);
    }

    private List<StoredReject> page(long after) {
      return jdbc.sql(PAGE)
          .param("jobId", job.id())
          .param("cause", cause)
          .param("after", after)
          .param("longest", LONGEST)
          .query(
              (row, number) ->
                  new StoredReject(
                      row.getLong("source_row"),
                      row.getBytes("raw"),
                      row.getBoolean("too_long"),
                      row.getLong("raw_offset"),
                      row.getLong("raw_length"),
                      row.getString("message")))
          .list();
    }

    /** Copies the line of a long row to a temporary file, so that a slow reader needs no memory. */
    InputStream longLine(StoredReject reject) {
      longRow.acquireUninterruptibly();
      try {
        Path file = workspace.newFile(".line");
        try {
          Files.write(file, lines.line(reject.withRaw(raw(reject.row()))));
          return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException | RuntimeException e) {
          Files.deleteIfExists(file);
          throw e;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        longRow.release();
      }
    }

    private byte[] raw(long row) {
      ByteArrayOutputStream raw = new ByteArrayOutputStream(PART_BYTES);
      byte[] part;
      do {
        part =
            jdbc.sql(PART)
                .param("jobId", job.id())
                .param("row", row)
                .param("from", raw.size() + 1)
                .param("count", PART_BYTES)
                .query((result, number) -> result.getBytes(1))
                .single();
        raw.writeBytes(part);
      } while (part.length == PART_BYTES);
      return raw.toByteArray();
    }
  }
}
