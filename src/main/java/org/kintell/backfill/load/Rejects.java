package org.kintell.backfill.load;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.Enumeration;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.kintell.backfill.SqlFile;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.source.ErrorFile;
import org.kintell.backfill.source.FileStore;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rejects of a job, as its error file, for whoever reads it at a pace of their own. */
@Repository
public class Rejects {

  private static final String EXIST = SqlFile.read("rejects-exist");
  private static final String PAGE = SqlFile.read("rejects-page");

  private final JdbcClient jdbc;
  private final FileStore files;

  /** A thread for each page: whoever waits for one never waits for other readers. */
  private final Executor ahead = new SimpleAsyncTaskExecutor("rejects-");

  Rejects(JdbcClient jdbc, FileStore files) {
    this.jdbc = jdbc;
    this.files = files;
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
    return new SequenceInputStream(new Pages(job, form));
  }

  private List<StoredReject> page(Job job, long after) {
    return jdbc.sql(PAGE)
        .param("jobId", job.id())
        .param("after", after)
        .query(
            (row, number) ->
                new StoredReject(
                    row.getLong("source_row"),
                    row.getBytes("raw"),
                    row.getLong("raw_offset"),
                    row.getLong("raw_length"),
                    row.getString("message")))
        .list();
  }

  private final class Pages implements Enumeration<InputStream> {
    private final Job job;
    private final RejectLines lines;
    private final Queue<InputStream> parts = new ArrayDeque<>();
    private CompletableFuture<List<StoredReject>> next;

    Pages(Job job, ErrorFile.Form form) {
      this.job = job;
      this.lines = new RejectLines(job, form, files);
      parts.add(new ByteArrayInputStream(lines.header()));
      fetchAfter(0);
    }

    @Override
    public boolean hasMoreElements() {
      if (parts.isEmpty()) {
        addPage();
      }
      return !parts.isEmpty();
    }

    @Override
    public InputStream nextElement() {
      if (!hasMoreElements()) {
        throw new NoSuchElementException();
      }
      return parts.remove();
    }

    private void fetchAfter(long row) {
      next = CompletableFuture.supplyAsync(() -> page(job, row), ahead);
    }

    /** Nothing once the last page, which is an empty one, has been met. */
    private void addPage() {
      List<StoredReject> page = InOtherThread.await(next);
      if (!page.isEmpty()) {
        fetchAfter(page.get(page.size() - 1).row());
      }
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      for (StoredReject reject : page) {
        if (lines.isShort(reject)) {
          whole.writeBytes(lines.line(reject));
        } else {
          parts.add(new ByteArrayInputStream(whole.toByteArray()));
          parts.add(lines.longLine(reject));
          whole.reset();
        }
      }
      if (whole.size() > 0) {
        parts.add(new ByteArrayInputStream(whole.toByteArray()));
      }
    }
  }
}
