package org.kintell.backfill.http.problem;

import java.util.UUID;

/** Another job was faster with the rejects that were to become a job. */
public final class RejectsTakenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final UUID parentJobId;

  public RejectsTakenException(UUID parentJobId) {
    super("rejects of job %s are taken by another one".formatted(parentJobId));
    this.parentJobId = parentJobId;
  }

  public UUID parentJobId() {
    return parentJobId;
  }
}
