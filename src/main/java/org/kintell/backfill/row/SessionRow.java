package org.kintell.backfill.row;

import jakarta.validation.ConstraintViolation;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * A row bound to its columns: trimmed text, never null, with its users already looked up. The
 * constraints are the rules; a bean validator asks them.
 *
 * @param number counts data rows from 1
 */
public record SessionRow(
    long number,
    @Conforms(to = Column.SESSION_ID) String sessionId,
    @Conforms(to = Column.SESSION_TYPE) String sessionType,
    @Conforms(to = Column.PARTICIPANT_EMAIL) UserMatch participant,
    @Conforms(to = Column.VOLUNTEER_EMAIL) UserMatch volunteer,
    @Conforms(to = Column.DATE) String date,
    @Conforms(to = Column.DURATION_MIN) String durationMin,
    @Conforms(to = Column.RATING) String rating,
    String feedbackText,
    @Conforms(to = Column.LANGUAGE_LEVEL) String languageLevel) {

  /** Says nothing of its content, which must not get into a log. */
  @Override
  public String toString() {
    return "row " + number;
  }

  /** The faults behind the violations of this row's constraints, in column order. */
  public static List<Fault> faults(Set<? extends ConstraintViolation<?>> violations) {
    return violations.stream()
        .map(SessionRow::fault)
        .sorted(Comparator.comparing(Fault::column))
        .toList();
  }

  private static Fault fault(ConstraintViolation<?> violation) {
    Conforms conforms = (Conforms) violation.getConstraintDescriptor().getAnnotation();
    Column column = conforms.to();
    return violation.getInvalidValue() instanceof UserMatch user
        ? new Fault(column.brokenBy(user), column, user.email())
        : fault(column, (String) violation.getInvalidValue());
  }

  private static Fault fault(Column column, String value) {
    return new Fault(column.brokenBy(value), column, value);
  }
}
