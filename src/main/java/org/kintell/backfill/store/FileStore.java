package org.kintell.backfill.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.csv.UnusableFileException;
import org.kintell.backfill.file.SourceFile;

/**
 * The files of the jobs, unpacked and in UTF-8, one for each job. A file is there only when it is
 * complete, and is marked until its job exists. A file that is gone is a {@link
 * NoSuchFileException}, except where a method says otherwise.
 */
public interface FileStore {

  /**
   * Stores a file for a job and indexes it. Nothing of it stays when it cannot be used or stored.
   *
   * @param upload left where it is
   * @param budgeted whether the job has an error budget, which is checked when a chunk is loaded
   * @throws UnusableFileException when it cannot become a job
   */
  StoredFile store(UUID jobId, SourceFile upload, boolean budgeted) throws IOException;

  /** Notes that the job of a stored file exists. */
  void jobCreated(UUID jobId) throws IOException;

  /**
   * Stores the file of a job once more. The caller has compared the content.
   *
   * @param tails the job's tail chunks in the order of their numbers
   */
  StoredFile.Version restore(UUID jobId, SourceFile upload, Iterable<ChunkPlan> tails)
      throws IOException;

  boolean exists(UUID jobId) throws IOException;

  /** Deletes the file of a job that was not created or no longer needs it. */
  void discard(UUID jobId) throws IOException;

  /** The jobs whose files were stored this long ago and whose creation was never noted. */
  List<UUID> jobsToComeSince(Duration age) throws IOException;

  /** The name of a job's file, for messages. */
  String name(UUID jobId);

  /** A job's whole file, for one pass. */
  InputStream open(UUID jobId) throws IOException;

  /** Part of a job's file, for a record that is too long to be stored elsewhere. */
  InputStream range(UUID jobId, long offset, long length) throws IOException;

  /** A job's file as a file of this machine. */
  LocalFile local(UUID jobId) throws IOException;

  /** The bytes between the offsets of a main chunk. */
  InputStream main(UUID jobId, ChunkPlan chunk, StoredFile.Version version) throws IOException;

  /** The records of a tail chunk, in their order. */
  List<byte[]> aside(UUID jobId, ChunkPlan chunk, StoredFile.Version version) throws IOException;
}
