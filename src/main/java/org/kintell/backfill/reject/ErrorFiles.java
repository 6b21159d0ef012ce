package org.kintell.backfill.reject;

import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobStatus;

/** Where the error files of jobs are kept. */
public interface ErrorFiles {

  /** No file is written after these. */
  Set<JobStatus> OVER = EnumSet.of(JobStatus.COMPLETED, JobStatus.CANCELLED, JobStatus.ROLLED_BACK);

  /** The path or address of a job's error file. */
  String path(Job job);

  /**
   * Path of the error file, now or later; null if it could not be written, will never be, or
   * another file is there.
   */
  String shownPath(Job job);

  /**
   * Writes the error file of a job. A failure must not stop the job, unless it passes.
   *
   * @return a message for the user; null on success
   */
  String write(Job job);

  /** Deletes the error file of a job that will get another one. */
  void discard(Job job);

  /** Deletes the error file of a job whose time is over. */
  void purge(UUID jobId);

  /** The message of a job whose error file could not be written, for the user. */
  static String unwritten(Job job, String path, String reason) {
    return "The error file could not be written to %s (%s). Download it from /import/backfill/%s/errors instead."
        .formatted(path, reason, job.id());
  }
}
