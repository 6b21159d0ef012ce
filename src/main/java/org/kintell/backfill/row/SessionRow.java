package org.kintell.backfill.row;

import jakarta.validation.ConstraintViolation;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A row bound to its columns: trimmed text, never null, with its users already looked up. A bean
 * validator asks whether it keeps the rules.
 *
 * @param number counts data rows from 1
 */
@Conforms
public record SessionRow(
    long number,
    String sessionId,
    String sessionType,
    UserMatch participant,
    UserMatch volunteer,
    String date,
    String durationMin,
    String rating,
    String feedbackText,
    String languageLevel) {

  /** Says nothing of its content, which must not get into a log. */
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
      default -> column.brokenBy(value(column));
    };
  }

  private String value(Column column) {
    return switch (column) {
      case SESSION_ID -> sessionId;
      case SESSION_TYPE -> sessionType;
      case PARTICIPANT_EMAIL -> participant.email();
      case VOLUNTEER_EMAIL -> volunteer.email();
      case DATE -> date;
      case DURATION_MIN -> durationMin;
      case RATING -> rating;
      case FEEDBACK_TEXT -> feedbackText;
      case LANGUAGE_LEVEL -> languageLevel;
    };
  }
}
