package org.kintell.backfill.load;

import org.kintell.backfill.row.Fault;

/** A row that cannot be imported for a reason that is no constraint of a single value. */
final class RowRefusedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Fault fault;

  RowRefusedException(Fault fault) {
    // A bad row is no accident: nobody needs its stack trace, and there may be a million.
    super(fault.rule().cause(), null, false, false);
    this.fault = fault;
  }

  Fault fault() {
    return fault;
  }
}
