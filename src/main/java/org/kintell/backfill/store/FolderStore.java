package org.kintell.backfill.store;

import com.google.common.io.ByteStreams;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.DataFolder;
import org.kintell.backfill.folder.FileModes;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * The files of the jobs in {@code uploads} of the data folder. An empty file beside one marks it.
 */
@Component
@Conditional(OnBucket.Not.class)
public class FolderStore implements FileStore {

  private static final String STORED = ".csv";
  private static final String JOB_TO_COME = ".new";

  private final FileIndexer indexer;
  private final Path folder;
  private final FileModes modes;

  public FolderStore(FileIndexer indexer, DataFolder data) {
    this.indexer = indexer;
    modes = data.modes();
    folder = data.folder(DataFolder.UPLOADS);
  }

  @Override
  public StoredFile store(UUID jobId, SourceFile upload, boolean budgeted) throws IOException {
    return indexer.indexed(
        jobId,
        upload,
        budgeted,
        (part, index) -> {
          // A process that died with the same inbox file may have left it.
          Files.deleteIfExists(mark(jobId));
          modes.create(mark(jobId)).close();
          Files.move(part, path(jobId), StandardCopyOption.ATOMIC_MOVE);
          return new StoredFile(index, StoredFile.Version.NONE);
        });
  }

  @Override
  public void jobCreated(UUID jobId) throws IOException {
    Files.deleteIfExists(mark(jobId));
  }

  @Override
  public StoredFile.Version restore(UUID jobId, SourceFile upload, Iterable<ChunkPlan> tails)
      throws IOException {
    if (!exists(jobId)) {
      indexer.unpacked(
          upload, part -> Files.move(part, path(jobId), StandardCopyOption.ATOMIC_MOVE));
    }
    return StoredFile.Version.NONE;
  }

  @Override
  public boolean exists(UUID jobId) {
    return Files.exists(path(jobId));
  }

  @Override
  public void discard(UUID jobId) throws IOException {
    Files.deleteIfExists(path(jobId));
    Files.deleteIfExists(mark(jobId));
  }

  @Override
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

  @Override
  public String name(UUID jobId) {
    return path(jobId).toString();
  }

  @Override
  public InputStream open(UUID jobId) throws IOException {
    return Files.newInputStream(path(jobId));
  }

  @Override
  public InputStream range(UUID jobId, long offset, long length) throws IOException {
    InputStream in = Files.newInputStream(path(jobId));
    in.skipNBytes(offset);
    return ByteStreams.limit(in, length);
  }

  @Override
  public LocalFile local(UUID jobId) {
    return new LocalFile(path(jobId), false);
  }

  /**
   * @throws IllegalStateException when the file is gone
   */
  @Override
  public InputStream main(UUID jobId, ChunkPlan chunk, StoredFile.Version version)
      throws IOException {
    FileChannel file = channel(jobId);
    return ByteStreams.limit(
        Channels.newInputStream(file.position(chunk.startOffset())),
        chunk.endOffset() - chunk.startOffset());
  }

  /**
   * @throws IllegalStateException when the file is gone
   */
  @Override
  public List<byte[]> aside(UUID jobId, ChunkPlan chunk, StoredFile.Version version)
      throws IOException {
    List<byte[]> records = new ArrayList<>(chunk.rowCount());
    try (FileChannel file = channel(jobId)) {
      for (int i = 0; i < chunk.rowCount(); i++) {
        records.add(AsideRows.record(file, chunk.asideOffsets()[i], chunk.asideLengths()[i]));
      }
    }
    return records;
  }

  private FileChannel channel(UUID jobId) throws IOException {
    if (!exists(jobId)) {
      throw new IllegalStateException(
          "The stored file %s is gone, so send it along with resume".formatted(path(jobId)));
    }
    return FileChannel.open(path(jobId), StandardOpenOption.READ);
  }

  private Path path(UUID jobId) {
    return folder.resolve(jobId + STORED);
  }

  private Path mark(UUID jobId) {
    return folder.resolve(jobId + JOB_TO_COME);
  }
}
