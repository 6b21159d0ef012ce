package org.kintell.backfill.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.file.SourceFile;
import org.kintell.backfill.folder.FileModes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * The files of the jobs in a bucket, so that every process on every machine can read them. The rows
 * set aside are an object of their own ({@link AsideRows}); a small object in {@code new/} marks a
 * file until its job exists.
 */
@Component
@Conditional(OnBucket.class)
public class BucketStore implements FileStore {

  /** All stored files, and the rows set aside beside them. */
  public static final String UPLOADS = "uploads/";

  /** The ending of the objects with the rows set aside. */
  public static final String ASIDE = ".aside.csv";

  private static final Logger LOG = LoggerFactory.getLogger(BucketStore.class);
  private static final String MARKS = "new/";

  private final FileIndexer indexer;
  private final ObjectStore objects;

  BucketStore(FileIndexer indexer, ObjectStore objects) {
    this.indexer = indexer;
    this.objects = objects;
  }

  @Override
  public StoredFile store(UUID jobId, SourceFile upload, boolean budgeted) throws IOException {
    return indexer.indexed(
        jobId,
        upload,
        budgeted,
        (part, index) -> {
          try (Stream<ChunkPlan> tails = index.tails()) {
            objects.put(mark(jobId), jobId + "\n");
            return new StoredFile(index, put(jobId, part, tails.iterator()));
          } catch (IOException | RuntimeException e) {
            discardQuietly(jobId);
            throw e;
          }
        });
  }

  private StoredFile.Version put(UUID jobId, Path part, Iterator<ChunkPlan> tails)
      throws IOException {
    String etag = objects.put(file(jobId), part);
    return new StoredFile.Version(etag, tails.hasNext() ? putAside(jobId, part, tails) : null);
  }

  private String putAside(UUID jobId, Path part, Iterator<ChunkPlan> tails) throws IOException {
    return objects.put(
        aside(jobId), rows -> AsideRows.write(part, tails, FileModes.PRIVATE.create(rows)));
  }

  /** What cannot be deleted stays marked, so that a later start removes it. */
  private void discardQuietly(UUID jobId) {
    try {
      discard(jobId);
    } catch (IOException | StoreUnavailableException e) {
      LOG.debug("Stays behind, jobId: {}: {}", jobId, e.getMessage());
    }
  }

  /** A mark that stays says nothing wrong: the job exists. */
  @Override
  public void jobCreated(UUID jobId) {
    try {
      objects.delete(mark(jobId));
    } catch (StoreUnavailableException e) {
      LOG.debug("Stays marked, jobId: {}: {}", jobId, e.getMessage());
    } catch (IOException e) {
      LOG.warn("Mark of an upload not deleted, jobId: {}: {}", jobId, e.getMessage());
    }
  }

  /** Replaces the objects: those that are there may be others than were indexed. */
  @Override
  public StoredFile.Version restore(UUID jobId, SourceFile upload, Iterable<ChunkPlan> tails)
      throws IOException {
    return indexer.unpacked(upload, part -> put(jobId, part, tails.iterator()));
  }

  @Override
  public boolean exists(UUID jobId) throws IOException {
    return objects.exists(file(jobId));
  }

  /** The mark last, so that a discard that was interrupted is found. */
  @Override
  public void discard(UUID jobId) throws IOException {
    objects.delete(file(jobId));
    objects.delete(aside(jobId));
    objects.delete(mark(jobId));
  }

  @Override
  public List<UUID> jobsToComeSince(Duration age) throws IOException {
    Instant limit = Instant.now().minus(age);
    return objects.list(MARKS).stream()
        .filter(mark -> mark.modified().isBefore(limit))
        .map(mark -> UUID.fromString(mark.key().substring(MARKS.length())))
        .toList();
  }

  @Override
  public String name(UUID jobId) {
    return objects.address(file(jobId));
  }

  @Override
  public InputStream open(UUID jobId) throws IOException {
    return objects.get(file(jobId));
  }

  @Override
  public InputStream range(UUID jobId, long offset, long length) throws IOException {
    return objects.get(file(jobId), offset, offset + length, null);
  }

  @Override
  public LocalFile local(UUID jobId) throws IOException {
    return objects.local(file(jobId));
  }

  @Override
  public InputStream main(UUID jobId, ChunkPlan chunk, StoredFile.Version version)
      throws IOException {
    return objects.get(file(jobId), chunk.startOffset(), chunk.endOffset(), version.file());
  }

  @Override
  public List<byte[]> aside(UUID jobId, ChunkPlan chunk, StoredFile.Version version)
      throws IOException {
    try (InputStream rows =
        objects.get(aside(jobId), chunk.startOffset(), chunk.endOffset(), version.aside())) {
      return AsideRows.read(rows, chunk);
    }
  }

  private static String file(UUID jobId) {
    return UPLOADS + jobId + ".csv";
  }

  private static String aside(UUID jobId) {
    return UPLOADS + jobId + ASIDE;
  }

  private static String mark(UUID jobId) {
    return MARKS + jobId;
  }
}
