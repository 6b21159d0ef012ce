package org.kintell.backfill.store;

import com.google.common.io.ByteStreams;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.zip.ZipException;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.csv.FileIndex;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.Workspace;
import org.springframework.stereotype.Component;

/** Unpacks a file that was sent into the workspace, and cuts it into chunks. */
@Component
public class FileIndexer {

  private static final int BUFFER = 64 * 1024;

  /** An error rate is checked from a hundred rows on. */
  private static final int FEWEST_PER_CHECK = 100;

  private static final int USUAL_ROW_BYTES = 150;
  private static final int CHECKS = 1_000;

  /** Rows in a chunk of a huge file, at most: the larger chunks are, the fewer there are. */
  private static final int MOST_ROWS = 20_000;

  /** Bytes of the heap for each row of a chunk: several chunks are loaded at once. */
  private static final int HEAP_FOR_ROW = 64 * 1024;

  /** Smaller chunks do not grow: the setting asks for small ones. */
  private static final int FEWEST_TO_GROW = 5_000;

  private final FileModes modes;
  private final Workspace workspace;
  private final long maxUnpacked;
  private volatile int chunkRows;

  public FileIndexer(BackfillSettings settings, DataFolder data, Workspace workspace) {
    modes = data.modes();
    this.workspace = workspace;
    maxUnpacked = settings.maxUnpacked().toBytes();
    chunkRows = settings.chunkRows();
  }

  /** Rows per chunk for files indexed from now on. */
  public int chunkRows() {
    return chunkRows;
  }

  /** Changes it for files indexed from now on. */
  public void chunkRows(int rows) {
    chunkRows = rows;
  }

  /**
   * Whether an upload, unpacked and in UTF-8, has this checksum. Unpacks no more than a job may
   * have.
   */
  public boolean hasContent(SourceFile upload, String sha256) throws IOException {
    try (InputStream content = upload.open()) {
      return FileIndex.checksum(ByteStreams.limit(content, maxUnpacked + 1)).equals(sha256);
    } catch (ZipException | EOFException | UnusableFileException e) {
      return false;
    }
  }

  /** Takes an unpacked file, which is deleted afterwards unless it was moved. */
  @FunctionalInterface
  interface Work<T> {
    T with(Path unpacked) throws IOException;
  }

  /** Takes an unpacked file and its index, whose plan is deleted if this fails. */
  @FunctionalInterface
  interface IndexedWork<T> {
    T with(Path unpacked, FileIndex index) throws IOException;
  }

  /** Unpacks a file. */
  <T> T unpacked(SourceFile upload, Work<T> work) throws IOException {
    Path part = workspace.file(".part");
    try {
      unpack(upload, part);
      return work.with(part);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * Unpacks and indexes a file.
   *
   * @param budgeted whether its job has an error budget, which is checked when a chunk is loaded
   * @throws UnusableFileException when it cannot become a job
   */
  <T> T indexed(UUID jobId, SourceFile upload, boolean budgeted, IndexedWork<T> work)
      throws IOException {
    Path plan = workspace.newFile(".plan");
    try {
      return unpacked(
          upload,
          part -> {
            int rows = budgeted ? rowsPerCheck(Files.size(part)) : chunkRows;
            int most = budgeted ? rows : mostRows(rows);
            return work.with(part, FileIndex.of(jobId, part, rows, most, plan));
          });
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(plan);
      throw e;
    }
  }

  /** A hundred rows, or about a thousandth of a larger file. */
  private int rowsPerCheck(long bytes) {
    long rows = Math.max(FEWEST_PER_CHECK, bytes / USUAL_ROW_BYTES / CHECKS);
    return (int) Math.min(chunkRows, rows);
  }

  private static int mostRows(int rows) {
    long most = Math.min(MOST_ROWS, Runtime.getRuntime().maxMemory() / HEAP_FOR_ROW);
    return rows < FEWEST_TO_GROW ? rows : (int) Math.max(rows, most);
  }

  private void unpack(SourceFile upload, Path target) throws IOException {
    if (Files.size(upload.path()) == 0) {
      throw UnusableFileException.empty();
    }
    try (InputStream in = upload.open();
        FileChannel file = modes.create(target);
        OutputStream out = Channels.newOutputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      long written = 0;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        written += count;
        if (written > maxUnpacked) {
          throw new UnusableFileException(
              Reason.TOO_LARGE,
              "Unpacked, the file is larger than " + maxUnpacked + " bytes. Split it.");
        }
        out.write(buffer, 0, count);
      }
      // The file must survive a crash before its job is created.
      file.force(true);
    } catch (ZipException | EOFException e) {
      throw new UnusableFileException(
          Reason.DAMAGED_GZIP,
          "The gzip file is damaged, cut short, or followed by something else. Pack it anew.");
    }
  }
}
