package org.kintell.backfill.load;

import org.springframework.dao.OptimisticLockingFailureException;

/** A user that was looked up has been deleted meanwhile. Loading the chunk anew looks up anew. */
public class StaleUserException extends OptimisticLockingFailureException {

  private static final long serialVersionUID = 1L;

  public StaleUserException(Throwable cause) {
    super("a user was deleted while the chunk was being loaded", cause);
  }
}
