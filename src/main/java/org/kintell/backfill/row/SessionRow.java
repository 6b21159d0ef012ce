package org.kintell.backfill.row;

import jakarta.validation.ConstraintViolation;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A row bound to its columns, with its users already looked up. A bean validator checks it against
 * the rules.
 *
 * @param number counts data rows from 1
 * @param values trimmed text, never null, one for each {@link Column} in its order
 * @param zone of a date without an offset; null to refuse it
 */
@Conforms
public record SessionRow(
    long number, List<String> values, UserMatch participant, UserMatch volunteer, ZoneId zone) {

  /** Hides its content, which must not get into a log. */
  @Override
  public String toString() {
    return "row " + number;
  }

  /** The faults behind the violations of such a row, in column order. */
  public static List<Fault> faults(Set<? extends ConstraintViolation<?>> violations) {
    return violations.stream()
        .map(SessionRow::fault)
        .sorted(Comparator.comparing(Fault::column))
        .toList();
  }

  private static Fault fault(ConstraintViolation<?> violation) {
    SessionRow row = (SessionRow) violation.getRootBean();
    Column column = Column.valueOf(violation.getPropertyPath().toString());
    return new Fault(row.brokenRule(column), column, row.value(column));
  }

  /** The rule that the value in a column breaks, or null. */
  Rule brokenRule(Column column) {
    return switch (column) {
      case PARTICIPANT_EMAIL -> column.brokenBy(participant);
      case VOLUNTEER_EMAIL -> column.brokenBy(volunteer);
      case DATE -> scheduledAt() == null ? column.brokenDate(value(column)) : null;
      default -> column.brokenBy(value(column));
    };
  }

  /** When it began; null where the date is invalid. */
  Instant scheduledAt() {
    return Values.instant(value(Column.DATE), zone);
  }

  /** The trimmed text in a column. */
  public String value(Column column) {
    return values.get(column.ordinal());
  }
}
