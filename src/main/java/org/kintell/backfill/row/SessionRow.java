package org.kintell.backfill.row;

import static org.kintell.backfill.row.Column.DATE;
import static org.kintell.backfill.row.Column.DURATION_MIN;
import static org.kintell.backfill.row.Column.LANGUAGE_LEVEL;
import static org.kintell.backfill.row.Column.PARTICIPANT_EMAIL;
import static org.kintell.backfill.row.Column.RATING;
import static org.kintell.backfill.row.Column.SESSION_ID;
import static org.kintell.backfill.row.Column.SESSION_TYPE;
import static org.kintell.backfill.row.Column.VOLUNTEER_EMAIL;
import static org.kintell.backfill.row.Rule.EMAIL;
import static org.kintell.backfill.row.Rule.PARTICIPANT_FOUND;
import static org.kintell.backfill.row.Rule.PARTICIPANT_UNIQUE;
import static org.kintell.backfill.row.Rule.PRESENT;
import static org.kintell.backfill.row.Rule.VOLUNTEER_FOUND;
import static org.kintell.backfill.row.Rule.VOLUNTEER_UNIQUE;

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
    @Must(be = PRESENT, in = SESSION_ID) @Must(be = Rule.SESSION_ID, in = SESSION_ID)
        String sessionId,
    @Must(be = PRESENT, in = SESSION_TYPE) @Must(be = Rule.SESSION_TYPE, in = SESSION_TYPE)
        String sessionType,
    @Must(be = PRESENT, in = PARTICIPANT_EMAIL)
        @Must(be = EMAIL, in = PARTICIPANT_EMAIL)
        @Must(be = PARTICIPANT_FOUND, in = PARTICIPANT_EMAIL)
        @Must(be = PARTICIPANT_UNIQUE, in = PARTICIPANT_EMAIL)
        UserMatch participant,
    @Must(be = PRESENT, in = VOLUNTEER_EMAIL)
        @Must(be = EMAIL, in = VOLUNTEER_EMAIL)
        @Must(be = VOLUNTEER_FOUND, in = VOLUNTEER_EMAIL)
        @Must(be = VOLUNTEER_UNIQUE, in = VOLUNTEER_EMAIL)
        UserMatch volunteer,
    @Must(be = PRESENT, in = DATE) @Must(be = Rule.DATE, in = DATE) String date,
    @Must(be = PRESENT, in = DURATION_MIN) @Must(be = Rule.DURATION, in = DURATION_MIN)
        String durationMin,
    @Must(be = Rule.RATING, in = RATING) String rating,
    String feedbackText,
    @Must(be = Rule.LANGUAGE_LEVEL, in = LANGUAGE_LEVEL) String languageLevel) {

  /** The faults behind the violations of this row's constraints, in column order. */
  public static List<Fault> faults(Set<? extends ConstraintViolation<?>> violations) {
    return violations.stream()
        .map(SessionRow::fault)
        .sorted(Comparator.comparing(Fault::column).thenComparing(Fault::rule))
        .toList();
  }

  private static Fault fault(ConstraintViolation<?> violation) {
    Must must = (Must) violation.getConstraintDescriptor().getAnnotation();
    Object value = violation.getInvalidValue();
    return new Fault(
        must.be(), must.in(), value instanceof UserMatch user ? user.email() : (String) value);
  }
}
