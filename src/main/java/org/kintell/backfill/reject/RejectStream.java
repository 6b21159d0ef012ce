package org.kintell.backfill.reject;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.kintell.backfill.csv.BlockInputStream;
import org.kintell.backfill.job.InOtherThread;
import org.kintell.backfill.reject.RejectLines.StoredReject;

/**
 * Reads an error file line by line. Unlike a {@code SequenceInputStream}, it does not open the
 * remaining parts when it is closed.
 */
final class RejectStream extends BlockInputStream {

  private final RejectLines lines;
  private final Rejects.Source source;
  private final Queue<Supplier<InputStream>> parts = new ArrayDeque<>();
  private CompletableFuture<List<StoredReject>> next;
  private InputStream current;

  RejectStream(RejectLines lines, Rejects.Source source) {
    this.lines = lines;
    this.source = source;
    this.current = new ByteArrayInputStream(lines.header());
    this.next = source.pageAfter(0);
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (current != null) {
      int count = current.read(bytes, offset, length);
      if (count >= 0) {
        return count;
      }
      open();
    }
    return -1;
  }

  /** Opens the next part; an empty page is the last one. */
  private void open() throws IOException {
    current.close();
    current = null;
    if (parts.isEmpty() && next != null) {
      add(InOtherThread.await(next));
    }
    Supplier<InputStream> part = parts.poll();
    current = part == null ? null : part.get();
  }

  private void add(List<StoredReject> page) {
    next = page.isEmpty() ? null : source.pageAfter(page.get(page.size() - 1).row());
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (StoredReject reject : page) {
      if (reject.tooLong()) {
        whole = addShort(whole);
        parts.add(() -> source.longLine(reject));
      } else if (lines.isShort(reject)) {
        whole.writeBytes(lines.line(reject));
      } else {
        whole = addShort(whole);
        parts.add(() -> lines.longLine(reject));
      }
    }
    addShort(whole);
  }

  private ByteArrayOutputStream addShort(ByteArrayOutputStream whole) {
    if (whole.size() > 0) {
      byte[] some = whole.toByteArray();
      parts.add(() -> new ByteArrayInputStream(some));
    }
    return new ByteArrayOutputStream();
  }

  @Override
  public void close() throws IOException {
    parts.clear();
    next = null;
    if (current != null) {
      current.close();
      current = null;
    }
  }
}
