package org.kintell.backfill.erasure;

import java.util.List;
import java.util.Map;

/**
 * Counts of a person's erased data; of a dry run, of the data that would be erased.
 *
 * @param storedUploads the files of jobs
 * @param errorFiles those of jobs
 * @param inboxFiles in {@code done} and {@code failed} of the inbox
 * @param database rows by table: {@code rejects}, {@code sessions} (their feedback), {@code
 *     dryRunFaults}, {@code stagingRows}
 * @param notCovered places that may still hold the person's data, a sentence each
 */
public record ErasureReport(
    boolean dryRun,
    Found storedUploads,
    Found errorFiles,
    Found inboxFiles,
    Map<String, Long> database,
    List<String> notCovered) {

  /** Files with rows of the person, and those rows. */
  public record Found(int files, long rows) {

    static final Found NOTHING = new Found(0, 0);

    Found and(Found other) {
      return new Found(files + other.files, rows + other.rows);
    }

    Found plus(long more) {
      return more == 0 ? this : new Found(files + 1, rows + more);
    }
  }
}
