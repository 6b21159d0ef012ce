package org.kintell.backfill.http.problem;

import java.util.Collection;

/** A request for erasure that cannot be served. The message tells what to do. */
public final class ErasureRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why it cannot be served. */
  public enum Reason {
    NO_ADDRESS,
    NOT_OVER,
    RUNNING
  }

  private final Reason reason;

  private ErasureRefusedException(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  public static ErasureRefusedException noAddress() {
    return new ErasureRefusedException(
        Reason.NO_ADDRESS,
        "`email` is missing or is not a valid address. Send {\"email\": \"a@example.com\"}.");
  }

  public static ErasureRefusedException notOver(Collection<String> holders) {
    return new ErasureRefusedException(
        Reason.NOT_OVER,
        "These hold rows of this person and are not over: %s. Nothing was erased. Wait for their end or cancel them, then erase again."
            .formatted(String.join(", ", holders)));
  }

  public static ErasureRefusedException running() {
    return new ErasureRefusedException(
        Reason.RUNNING,
        "Another erasure, or the dry run of one, is running. Wait for its end, then ask again.");
  }

  public Reason reason() {
    return reason;
  }
}
