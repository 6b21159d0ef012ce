package org.kintell.backfill.http.problem;

import java.util.UUID;

/** An idempotency key came again, with another file. The message tells the sender what to do. */
public class KeyReusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public KeyReusedException(UUID first, String fileName) {
    super(
        ("This Idempotency-Key belongs to job %s, which was created from another file (%s). Use a new"
                + " key for each file.")
            .formatted(first, fileName));
  }
}
