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

  /** The message in the error file, all faults joined. */
  public String message() {
    if (faults.size() == 1) {
      return faults.get(0).message();
    }
    return faults.stream().map(Fault::message).collect(Collectors.joining("; "));
  }

  /** The causes of its faults, each once. */
  public List<String> causes() {
    if (faults.size() == 1) {
      return List.of(faults.get(0).rule().cause());
    }
    return faults.stream().map(fault -> fault.rule().cause()).distinct().toList();
  }
}
