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
import org.kintell.backfill.file.FileStore;
import org.kintell.backfill.folder.Workspace;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The rejects of a job, as its error file, for whoever reads it at a pace of their own. However
 * many read, and however slowly, each holds two pages of short rows; of the long rows of all of
 * them one is in memory at a time, on its way into a temporary file.
 */
@Repository
public class Rejects {

  private static final String EXIST = SqlFile.read("reject/rejects-exist");
  private static final String PAGE = SqlFile.read("reject/rejects-page");
  private static final String PART = SqlFile.read("reject/reject-part");

  /** Bytes of the longest row that comes with its page. */
  private static final int LONGEST = 256 * 1024;

  /** Bytes of a long row that are fetched at once. */
  private static final int PART_BYTES = 1024 * 1024;

  private final JdbcClient jdbc;
  private final JobRepository jobs;
  private final FileStore files;
  private final Workspace workspace;
  private final Semaphore longRow = new Semaphore(1, true);

  /** A thread for each page: whoever waits for one never waits for other readers. */
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

  /**
   * The error file so far, read page by page as it is consumed, so of any size; the next page is
   * fetched while one is consumed.
   */
  public InputStream errorFile(Job job) {
    return errorFile(job, ErrorFile.Form.EXACT);
  }

  /**
   * The same in another form. For a spreadsheet, of a row that is too long to be kept in the
   * database only the number and the message are given.
   */
  public InputStream errorFile(Job job, ErrorFile.Form form) {
    RejectLines lines = new RejectLines(job, jobs.header(job.id()).orElseThrow(), form, files);
    return new RejectStream(lines, new Source(job, lines));
  }

  /** Where a stream of rejects has them from. */
  final class Source {
    private final Job job;
    private final RejectLines lines;

    Source(Job job, RejectLines lines) {
      this.job = job;
      this.lines = lines;
    }

    /** The rejects that follow a row; none at the end. */
    CompletableFuture<List<StoredReject>> pageAfter(long row) {
      return CompletableFuture.supplyAsync(() -> page(row), ahead);
    }

    private List<StoredReject> page(long after) {
      return jdbc.sql(PAGE)
          .param("jobId", job.id())
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

    /** The line of a long row, from a temporary file, so that no slow reader keeps it in memory. */
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
