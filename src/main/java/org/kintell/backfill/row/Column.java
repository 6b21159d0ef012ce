package org.kintell.backfill.row;

import java.util.List;
import java.util.Locale;
import org.kintell.backfill.row.UserMatch.Absent;
import org.kintell.backfill.row.UserMatch.Ambiguous;
import org.kintell.backfill.row.UserMatch.Malformed;
import org.kintell.backfill.row.UserMatch.NotFound;

/** The columns of a sessions file, in the order in which the faults of a row are reported. */
public enum Column {
  SESSION_ID(true, Rule.SESSION_ID),
  SESSION_TYPE(true, Rule.SESSION_TYPE),
  PARTICIPANT_EMAIL(true, Rule.PARTICIPANT_FOUND),
  VOLUNTEER_EMAIL(true, Rule.VOLUNTEER_FOUND),
  DATE(true, Rule.DATE),
  DURATION_MIN(true, Rule.DURATION),
  RATING(false, Rule.RATING),
  FEEDBACK_TEXT(false, null),
  LANGUAGE_LEVEL(false, Rule.LANGUAGE_LEVEL);

  /** All of them, without a copy for each row. */
  public static final List<Column> ALL = List.of(values());

  private final boolean required;
  private final Rule rule;
  private final String header = name().toLowerCase(Locale.ROOT);

  Column(boolean required, Rule rule) {
    this.required = required;
    this.rule = rule;
  }

  /** The name in the header, lower-case. */
  public String header() {
    return header;
  }

  /** Whether a row must have a value here. */
  public boolean isRequired() {
    return required;
  }

  /** The rule that a trimmed value of this column breaks, or null. */
  Rule brokenBy(String value) {
    if (value.isEmpty()) {
      return required ? Rule.PRESENT : null;
    }
    return rule == null || rule.accepts(value) ? null : rule;
  }

  /** The rule that an invalid date breaks. */
  Rule brokenDate(String value) {
    return value.isEmpty() ? Rule.PRESENT : Rule.DATE;
  }

  /** The rule that a user in this column breaks, or null. */
  Rule brokenBy(UserMatch user) {
    boolean participant = this == PARTICIPANT_EMAIL;
    if (user instanceof Absent) {
      return Rule.PRESENT;
    }
    if (user instanceof Malformed) {
      return Rule.EMAIL;
    }
    if (user instanceof NotFound) {
      return participant ? Rule.PARTICIPANT_FOUND : Rule.VOLUNTEER_FOUND;
    }
    if (user instanceof Ambiguous) {
      return participant ? Rule.PARTICIPANT_UNIQUE : Rule.VOLUNTEER_UNIQUE;
    }
    return null;
  }
}
