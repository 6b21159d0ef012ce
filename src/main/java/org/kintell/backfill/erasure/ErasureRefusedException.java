package org.kintell.backfill.erasure;

import java.util.Collection;

/** A request for erasure that cannot be served. The message tells what to do. */
public final class ErasureRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean conflict;

  private ErasureRefusedException(boolean conflict, String message) {
    super(message, null, false, false);
    this.conflict = conflict;
  }

  static ErasureRefusedException noAddress() {
    return new ErasureRefusedException(
        false,
        "`email` is missing or is not a valid address. Send {\"email\": \"a@example.com\"}.");
  }

  static ErasureRefusedException notOver(Collection<String> holders) {
    return new ErasureRefusedException(
        true,
        "These hold rows of this person and are not over: %s. Nothing was erased. Wait for their end or cancel them, then erase again."
            .formatted(String.join(", ", holders)));
  }

  /** Whether it is for the state of a job, and not for the request. */
  public boolean isConflict() {
    return conflict;
  }
}
