package org.kintell.backfill.load;

import org.springframework.dao.OptimisticLockingFailureException;

/** A user was deleted after it was looked up. Loading the chunk again looks it up again. */
public class StaleUserException extends OptimisticLockingFailureException {

  private static final long serialVersionUID = 1L;

  public StaleUserException(Throwable cause) {
    super("a user was deleted while the chunk was being loaded", cause);
  }
}
