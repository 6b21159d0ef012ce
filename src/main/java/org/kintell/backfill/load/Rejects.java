package org.kintell.backfill.load;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
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

/** The rejects of a job, as its error file. */
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
   * The error file with those rejects only that a statement gives, page by page as {@code
   * rejects-page.sql} does, on the connection of the caller's transaction.
   */
  InputStream errorFile(Job job, String page) {
    return new SequenceInputStream(new Pages(job, ErrorFile.Form.EXACT, page, Runnable::run));
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
    return new SequenceInputStream(new Pages(job, form, PAGE, ahead));
  }

  private List<Stored> page(String statement, Job job, long after) {
    return jdbc.sql(statement)
        .param("jobId", job.id())
        .param("after", after)
        .query(
            (row, number) ->
                new Stored(
                    row.getLong("position"),
                    row.getLong("source_row"),
                    row.getBytes("raw"),
                    row.getLong("raw_offset"),
                    row.getLong("raw_length"),
                    row.getString("message")))
        .list();
  }

  /**
   * A reject as it is kept.
   *
   * @param position in the order of the pages
   */
  private record Stored(
      long position, long row, byte[] raw, long offset, long length, String message) {}

  private final class Pages implements Enumeration<InputStream> {
    private final Job job;
    private final ErrorFile.Form form;
    private final ErrorFile format;
    private final String statement;
    private final Executor executor;
    private final Queue<InputStream> parts = new ArrayDeque<>();
    private CompletableFuture<List<Stored>> next;

    Pages(Job job, ErrorFile.Form form, String statement, Executor executor) {
      this.statement = statement;
      this.executor = executor;
      this.job = job;
      this.form = form;
      this.format = new ErrorFile(job.header(), form);
      parts.add(new ByteArrayInputStream(format.headerLine()));
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

    private void fetchAfter(long position) {
      next = CompletableFuture.supplyAsync(() -> page(statement, job, position), executor);
    }

    /** Nothing once the last page, which is an empty one, has been met. */
    private void addPage() {
      List<Stored> page = InOtherThread.await(next);
      if (!page.isEmpty()) {
        fetchAfter(page.get(page.size() - 1).position());
      }
      ByteArrayOutputStream lines = new ByteArrayOutputStream();
      for (Stored reject : page) {
        if (reject.raw() == null && form == ErrorFile.Form.SPREADSHEET) {
          lines.writeBytes(format.ending(reject.row(), reject.message()));
        } else if (reject.raw() == null) {
          parts.add(new ByteArrayInputStream(lines.toByteArray()));
          parts.add(stored(reject));
          lines.reset();
          lines.writeBytes(format.ending(reject.row(), reject.message()));
        } else {
          lines.writeBytes(format.line(reject.raw(), reject.row(), reject.message()));
        }
      }
      if (lines.size() > 0) {
        parts.add(new ByteArrayInputStream(lines.toByteArray()));
      }
    }

    private InputStream stored(Stored reject) {
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
}
