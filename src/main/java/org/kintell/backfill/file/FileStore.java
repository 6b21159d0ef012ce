package org.kintell.backfill.file;

import com.google.common.io.ByteStreams;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.ZipException;
import org.kintell.backfill.config.BackfillSettings;
import org.kintell.backfill.csv.FileIndex;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.csv.UnusableFileException.Reason;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;
import org.kintell.backfill.folder.Workspace;
import org.springframework.stereotype.Component;

/**
 * The files of the jobs, unpacked and in UTF-8, one for each job, in {@code uploads} of the data
 * folder. A file appears under its name only when it is complete. An empty file beside it marks it
 * until its job exists.
 */
@Component
public class FileStore {

  private static final int BUFFER = 64 * 1024;
  private static final String STORED = ".csv";
  private static final String JOB_TO_COME = ".new";

  /** An error rate is checked from a hundred rows on. */
  private static final int FEWEST_PER_CHECK = 100;

  private static final int USUAL_ROW_BYTES = 150;
  private static final int CHECKS = 1_000;

  /** Rows in a chunk of a huge file, at most: the larger chunks are, the fewer there are. */
  private static final int MOST_ROWS = 20_000;

  /** Bytes of the heap for each row of a chunk: several chunks are loaded at once. */
  private static final int HEAP_FOR_ROW = 64 * 1024;

  /** Whoever wants chunks smaller than usual wants none to grow. */
  private static final int FEWEST_TO_GROW = 5_000;

  private final Path folder;
  private final FileModes modes;
  private final Workspace workspace;
  private final long maxUnpacked;
  private volatile int chunkRows;

  public FileStore(BackfillSettings settings, DataFolder data, Workspace workspace) {
    modes = data.modes();
    this.workspace = workspace;
    folder = data.folder(DataFolder.UPLOADS);
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
   * Stores a file for a job and indexes it. Removes it again when it cannot be used.
   *
   * @param upload left where it is
   * @param budgeted whether the job has an error budget, which is checked when a chunk is loaded
   * @throws UnusableFileException when it cannot become a job
   */
  public FileIndex store(UUID jobId, SourceFile upload, boolean budgeted) throws IOException {
    Path part = workspace.file(".part");
    Path plan = workspace.newFile(".plan");
    try {
      unpack(upload, part);
      int rows = budgeted ? rowsPerCheck(Files.size(part)) : chunkRows;
      FileIndex index = FileIndex.of(jobId, part, rows, budgeted ? rows : mostRows(rows), plan);
      // A process that died with the same inbox file may have left it.
      Files.deleteIfExists(mark(jobId));
      modes.create(mark(jobId)).close();
      Files.move(part, path(jobId), StandardCopyOption.ATOMIC_MOVE);
      return index;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(plan);
      throw e;
    } finally {
      Files.deleteIfExists(part);
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

  /** Notes that the job of a stored file exists. */
  public void jobCreated(UUID jobId) throws IOException {
    Files.deleteIfExists(mark(jobId));
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

  /** Restores the lost file of a job. The caller has compared the content. */
  public void restore(UUID jobId, SourceFile upload) throws IOException {
    if (exists(jobId)) {
      return;
    }
    Path part = workspace.file(".part");
    try {
      unpack(upload, part);
      Files.move(part, path(jobId), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  public boolean exists(UUID jobId) {
    return Files.exists(path(jobId));
  }

  /** Deletes the file of a job that was not created or no longer needs it. */
  public void discard(UUID jobId) throws IOException {
    Files.deleteIfExists(path(jobId));
    Files.deleteIfExists(mark(jobId));
  }

  /** The jobs whose files were stored this long ago and whose creation was never noted. */
  public List<UUID> jobsToComeSince(Duration age) throws IOException {
    Instant limit = Instant.now().minus(age);
    List<UUID> jobs = new ArrayList<>();
    try (DirectoryStream<Path> marks = Files.newDirectoryStream(folder, "*" + JOB_TO_COME)) {
      for (Path mark : marks) {
        if (Files.getLastModifiedTime(mark).toInstant().isBefore(limit)) {
          String name = mark.getFileName().toString();
          jobs.add(UUID.fromString(name.substring(0, name.length() - JOB_TO_COME.length())));
        }
      }
    }
    return jobs;
  }

  /** Part of a job's file, for a record that is too long to be stored elsewhere. */
  public InputStream range(UUID jobId, long offset, long length) throws IOException {
    InputStream in = Files.newInputStream(path(jobId));
    in.skipNBytes(offset);
    return ByteStreams.limit(in, length);
  }

  public Path path(UUID jobId) {
    return folder.resolve(jobId + STORED);
  }

  private Path mark(UUID jobId) {
    return folder.resolve(jobId + JOB_TO_COME);
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
