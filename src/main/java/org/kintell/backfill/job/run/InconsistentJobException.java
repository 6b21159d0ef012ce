package org.kintell.backfill.job.run;

import org.kintell.backfill.job.Verification;

/** A job whose chunks are all loaded, but whose counts do not add up. */
final class InconsistentJobException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  InconsistentJobException(Verification verification) {
    super(
        "Not completed, because it does not add up: %s. /import/backfill/%s/verify has the figures"
            .formatted(String.join("; ", verification.problems()), verification.jobId()));
  }
}
