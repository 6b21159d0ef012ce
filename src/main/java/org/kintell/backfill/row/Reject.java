package org.kintell.backfill.row;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A row that is not imported.
 *
 * @param row counts data rows from 1
 * @param faults at least one, in column order
 */
public record Reject(long row, List<Fault> faults) implements RowOutcome {

  /** What the error file says, all faults joined. */
  public String message() {
    return faults.stream().map(Fault::message).collect(Collectors.joining("; "));
  }

  /** The identifiers of its faults, each once. */
  public List<String> causes() {
    return faults.stream().map(fault -> fault.rule().cause()).distinct().toList();
  }
}
