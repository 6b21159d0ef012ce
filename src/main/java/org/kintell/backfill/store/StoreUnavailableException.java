package org.kintell.backfill.store;

/** The object store does not answer, or not now. A later attempt may succeed. */
public class StoreUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message in one line, without secrets
   */
  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
